#!/bin/bash
# Builds Traefik from the Go module proxy, for tests. `go install` refuses it: its go.mod has replacements, and one of
# the replaced modules lies in a folder that the published module leaves out. So a copy is built, with little of what
# no test asks of it: two providers of DNS, and an older module for the middlewares that ask for passwords.
#
#   build-traefik.sh <version> <file>     for example v3.7.13 .tools/bin/traefik
set -euo pipefail

if (($# != 2)); then
  sed -n '2,/^[^#]/{s/^# \{0,1\}//p}' "$0" >&2
  exit 2
fi
version=$1
file=$(realpath -m "$2")

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

copy_of() { # module@version folder
  local folder
  folder=$(cd "$work" && go mod download -json "$1" | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p')
  cp -r "$folder" "$2"
  chmod -R u+w "$2"
}

copy_of "github.com/traefik/traefik/v3@$version" "$work/traefik"
cd "$work/traefik"

# Extension points of another edition: empty here.
mkdir -p pkg/config/dynamic/ext
printf 'module github.com/traefik/traefik/dynamic/ext\n\ngo 1.26\n' >pkg/config/dynamic/ext/go.mod
cat >pkg/config/dynamic/ext/ext.go <<'GO'
package ext

type HTTP struct{}

type Router struct{}
GO

copy_of "github.com/go-acme/lego/v5@$(go list -m -f '{{.Version}}' github.com/go-acme/lego/v5)" "$work/lego"
cat >"$work/lego/providers/dns/zz_gen_dns_providers.go" <<'GO'
package dns

import (
	"fmt"

	"github.com/go-acme/lego/v5/challenge"
	"github.com/go-acme/lego/v5/providers/dns/cloudflare"
	"github.com/go-acme/lego/v5/providers/dns/route53"
)

func NewDNSChallengeProviderByName(name string) (challenge.Provider, error) {
	switch name {
	case "cloudflare":
		return cloudflare.NewDNSProvider()
	case "route53":
		return route53.NewDNSProvider()
	default:
		return nil, fmt.Errorf("unrecognized DNS provider: %s", name)
	}
}
GO

go mod edit -replace "github.com/go-acme/lego/v5=$work/lego" \
  -replace github.com/abbot/go-http-auth=github.com/containous/go-http-auth@v0.4.1-0.20200324110947-a37a7636d23e
CGO_ENABLED=0 GOFLAGS='-mod=mod -buildvcs=false' go build -trimpath \
  -ldflags "-s -w -X github.com/traefik/traefik/v3/pkg/version.Version=${version#v}" -o "$file" ./cmd/traefik
