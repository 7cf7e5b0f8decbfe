#!/bin/bash
# Installs into .tools/bin the programs that some tests ask for their opinion: docker (the command line
# alone, no engine), docker-compose, shellcheck, busybox, caddy, nginx, traefik, haproxy, lego, pebble, helm and kustomize. What is on PATH
# already is left as it is.
# May be run again at any time. Nothing outside of .tools is changed, save the caches of apt and go.
#
#   install-test-tools.sh [--all]
#
#   --all     also kubeconform, which no test needs
#   --help    this text
#
# Environment: CDK8S_HA_TEST_SUITE    Debian suite that docker, shellcheck and busybox are taken from (trixie)
#              CDK8S_HA_TEST_CADDY    version of caddy (latest)
#              CDK8S_HA_TEST_PROXY_SUITE  Debian suite of nginx (1.29.7 or newer), haproxy (3.2 or newer), lego and pebble (forky)
#              CDK8S_HA_TEST_TRAEFIK  version of traefik (v3.7.13)
#              CDK8S_HA_TEST_HELM     version of helm (v4.3.1)
#              CDK8S_HA_TEST_KUSTOMIZE  version of kustomize (v5.8.1)
#
# A tool that cannot be had is said in the last lines and its tests are skipped; that is no failure.
# Exit code: 0; 2 usage.
set -uo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
BIN=$ROOT/.tools/bin
SUITE=${CDK8S_HA_TEST_SUITE:-trixie}
CADDY=${CDK8S_HA_TEST_CADDY:-latest}
PROXY_SUITE=${CDK8S_HA_TEST_PROXY_SUITE:-forky}
TRAEFIK=${CDK8S_HA_TEST_TRAEFIK:-v3.7.13}
HELM=${CDK8S_HA_TEST_HELM:-v4.3.1}
KUSTOMIZE=${CDK8S_HA_TEST_KUSTOMIZE:-v5.8.1}
MISSING=()

all=
for argument in "$@"; do
  case $argument in
    --all) all=1 ;;
    --help | -h) sed -n '2,/^[^#]/{s/^# \{0,1\}//p}' "$0"; exit 0 ;;
    *) printf 'unknown argument: %s (see --help)\n' "$argument" >&2; exit 2 ;;
  esac
done

say() { printf '%s\n' "$*"; }
missing() { say "not installed: $*"; MISSING+=("$1"); }
has() { command -v "$1" >/dev/null 2>&1; }

# shellcheck disable=SC2016 # the variable is apt's own
debian_mirror() { apt-get indextargets --format '$(REPO_URI)' 'Origin: Debian' 'Label: Debian' | head -n 1; }

# apt-get for a suite that this machine does not use: lists and cache are its own, so that no later
# apt-get can install anything of it.
of_suite() { # suite arguments...
  local suite=$1 home=$ROOT/.tools/apt-$1 mirror
  shift
  mkdir -p "$home"/{lists,cache/archives}/partial
  if [[ ! -s $home/sources.list ]]; then
    mirror=$(debian_mirror)
    # Before the first update apt does not know which of its sources is Debian's.
    [[ $mirror ]] || { apt-get -qq update; mirror=$(debian_mirror); }
    [[ $mirror ]] || return 1
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main" >"$home/sources.list"
  fi
  apt-get -qq -y -o "Dir::Etc::SourceList=$home/sources.list" -o Dir::Etc::SourceParts=/dev/null \
    -o "Dir::State::Lists=$home/lists" -o "Dir::Cache=$home/cache" -o Acquire::Languages=none \
    -o APT::Sandbox::User=root "$@"
}

# One file of one Debian package, unpacked and never installed.
from_debian() { # package path-in-package name
  local package=$1 path=$2 name=$3 folder
  if ! has apt-get || ! has dpkg-deb; then
    missing "$name" 'apt-get or dpkg-deb is not here'
    return
  fi
  folder=$(mktemp -d)
  say "fetching $name from Debian $SUITE"
  if of_suite "$SUITE" update && (cd "$folder" && of_suite "$SUITE" download "$package") &&
    dpkg-deb -x "$folder"/*.deb "$folder/root" && install -m 755 "$folder/root/$path" "$BIN/$name" &&
    "$BIN/$name" version --help >/dev/null 2>&1; then
    say "installed: $BIN/$name"
  else
    rm -f "$BIN/$name"
    missing "$name" "the package $package of $SUITE cannot be had or does not run here"
  fi
  rm -rf "$folder"
}

# A program of a newer suite than this machine's, with all of its libraries and their loader. It is called by its own
# name, so that one that starts itself again finds the way. It may have further packages, and arguments of its own.
with_libraries() { # suite packages path-in-package name how-it-tells-its-version [argument...]
  local suite=$1 path=$3 name=$4 version=$5 root=$ROOT/.tools/$4 archive link loader given=
  local -a packages
  read -ra packages <<<"$2"
  shift 5
  [[ $# -eq 0 ]] || given=$(printf ' %q' "$@")
  if ! has apt-get || ! has dpkg-deb; then
    missing "$name" 'apt-get or dpkg-deb is not here'
    return
  fi
  say "fetching $name from Debian $suite"
  rm -rf "$root"
  mkdir -p "$root"/packages/partial "$root"/usr/{bin,sbin,lib,lib64}
  for link in bin sbin lib lib64; do ln -s "usr/$link" "$root/$link"; done
  # With nothing counted as installed, every dependency is fetched.
  : >"$root/status"
  if of_suite "$suite" update &&
    of_suite "$suite" -o "Dir::State::status=$root/status" -o "Dir::Cache::archives=$root/packages" \
      --no-install-recommends --download-only install "${packages[@]}"; then
    for archive in "$root"/packages/*.deb; do
      dpkg-deb --fsys-tarfile "$archive" | tar -C "$root" -xf - --keep-directory-symlink --wildcards './usr/*bin/*' './usr/lib*' 2>/dev/null
    done
    loader=$(find "$root/usr/lib64" "$root/usr/lib" -maxdepth 1 -name 'ld-linux-*.so.*' -print -quit)
    cat >"$BIN/$name" <<END
#!/bin/sh
exec "$loader" --argv0 "\$0" --library-path "$(dirname "$(find "$root/usr/lib" -name 'libc.so.6' -print -quit)")" "$root/$path"$given "\$@"
END
    chmod 755 "$BIN/$name"
  fi
  rm -rf "$root/packages" "$root/status"
  if "$BIN/$name" "$version" >/dev/null 2>&1; then
    say "installed: $BIN/$name"
  else
    rm -rf "$root" "${BIN:?}/$name"
    missing "$name" "the package ${packages[*]} of $suite cannot be had or does not run here"
  fi
}

from_go() { # module@version name
  has go || { missing "$2" 'go is not here'; return; }
  say "building $2 (a minute or two)"
  if GOBIN=$BIN CGO_ENABLED=0 GOFLAGS=-buildvcs=false go install -trimpath -ldflags '-s -w' "$1"; then
    say "installed: $BIN/$2"
  else
    missing "$2" "go install $1 failed"
  fi
}

mkdir -p "$BIN"

if docker stack config --help 2>/dev/null | grep -q 'stack config'; then
  say "present: $(command -v docker)"
elif [[ -x $BIN/docker ]]; then
  say "present: $BIN/docker"
else
  from_debian docker-cli usr/bin/docker docker
fi

if docker compose version >/dev/null 2>&1; then
  say "present: docker compose"
elif [[ -x $BIN/docker-compose ]]; then
  say "present: $BIN/docker-compose"
else
  from_debian docker-compose usr/libexec/docker/cli-plugins/docker-compose docker-compose
fi

if has haproxy || [[ -x $BIN/haproxy ]]; then
  say 'present: haproxy'
else
  with_libraries "$PROXY_SUITE" haproxy usr/sbin/haproxy haproxy -v
fi

for tool in lego pebble; do
  if has "$tool" || [[ -x $BIN/$tool ]]; then
    say "present: $tool"
  else
    with_libraries "$PROXY_SUITE" "$tool" "usr/bin/$tool" "$tool" -version
  fi
done

if has shellcheck; then
  say "present: $(command -v shellcheck)"
elif [[ -x $BIN/shellcheck ]]; then
  say "present: $BIN/shellcheck"
else
  from_debian shellcheck usr/bin/shellcheck shellcheck
fi

if has busybox; then
  say "present: $(command -v busybox)"
elif [[ -x $BIN/busybox ]]; then
  say "present: $BIN/busybox"
else
  # Not busybox-static, whose shell takes its own date and sleep for those that tests put on PATH.
  with_libraries "$SUITE" busybox usr/bin/busybox busybox --help
fi

for tool in "caddy github.com/caddyserver/caddy/v2/cmd/caddy@$CADDY" "helm helm.sh/helm/v${HELM:1:1}/cmd/helm@$HELM" \
  "kustomize sigs.k8s.io/kustomize/kustomize/v5@$KUSTOMIZE" ${all:+"kubeconform github.com/yannh/kubeconform/cmd/kubeconform@latest"}; do
  read -r name module <<<"$tool"
  if has "$name" || [[ -x $BIN/$name ]]; then
    say "present: $name"
  else
    from_go "$module" "$name"
  fi
done

if [[ $(nginx -v 2>&1) =~ nginx/1\.(29\.([7-9]|[0-9]{2})|[3-9][0-9]\.) ]]; then
  say "present: nginx"
elif [[ -x $BIN/nginx ]] && grep -q ngx_stream_module "$BIN/nginx"; then
  say "present: $BIN/nginx"
else
  # Debian has the module for connections apart.
  with_libraries "$PROXY_SUITE" 'nginx libnginx-mod-stream' usr/sbin/nginx nginx -v \
    -g "load_module $ROOT/.tools/nginx/usr/lib/nginx/modules/ngx_stream_module.so;"
fi

if has traefik || [[ -x $BIN/traefik ]]; then
  say "present: traefik"
elif ! has go; then
  missing traefik 'go is not here'
else
  say 'building traefik (some minutes)'
  if "$ROOT/scripts/build-traefik.sh" "$TRAEFIK" "$BIN/traefik"; then
    say "installed: $BIN/traefik"
  else
    missing traefik "version $TRAEFIK cannot be built"
  fi
fi

if ((${#MISSING[@]})); then
  say "Without ${MISSING[*]} the tests that ask for it are skipped."
fi
exit 0
