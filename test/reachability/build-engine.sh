#!/bin/bash
# Builds the program that says, by the engine of cyclonus, which connections NetworkPolicies let pass. Prints its path.
#
#   build-engine.sh [--no-build]
#
#   --no-build    says where it is, or that it is missing
#
# It lies in ~/.cache/cdk8s-ha (XDG_CACHE_HOME) and is built again when its source changes: 1.5 minutes of one processor.
# Exit code: 0; 2 usage; 3 it cannot be had on this machine.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

build=1
case ${1:-} in
  '') ;;
  --no-build) build= ;;
  --help | -h) sed -n '2,/^[^#]/{s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}"; exit 0 ;;
  *) printf 'unknown argument: %s (see --help)\n' "$1" >&2; exit 2 ;;
esac

program=${XDG_CACHE_HOME:-$HOME/.cache}/cdk8s-ha/reachability-$(cat main.go go.mod go.sum | sha256sum | cut -c1-12)
if [[ ! -x $program ]]; then
  [[ $build ]] || { echo "SKIPPED: reachability by cyclonus: run test/reachability/build-engine.sh" >&2; exit 3; }
  command -v go >/dev/null || { echo 'SKIPPED: reachability by cyclonus: go is not here' >&2; exit 3; }
  GOFLAGS="${GOFLAGS:-} -buildvcs=false" CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o "$program" . >&2 ||
    { echo 'SKIPPED: reachability by cyclonus: it cannot be built' >&2; exit 3; }
fi
echo "$program"
