#!/bin/bash
# Builds the images of the engine tests from Debian packages and the sources in images/, without an image
# registry. An image is built again only when something it is made of has changed.
#
#   build-images.sh [--force] [--list] [name...]
#
#   name      only these: postgres shop stand-ins load reach caddy haproxy nginx traefik pebble
#             client busybox probes
#   --force   builds even what is current
#   --list    prints the tags and builds nothing
#   --help    this text
#
# Needs a running engine (start-engine.sh), Debian, root. Go is taken from PATH, else Debian's is installed. Traefik, which
# Debian has not, is the one of .tools/bin (scripts/install-test-tools.sh), else built here, which takes minutes.
# Environment: CDK8S_HA_TEST_CACHE        downloads (/var/tmp/cdk8s-ha-test-engine)
#              CDK8S_HA_TEST_BASE_SUITE   Debian suite of PostgreSQL and the tools (trixie)
#              CDK8S_HA_TEST_PROXY_SUITE  Debian suite of the proxies and the ACME server (forky): these
#                                         should be as new as what users run
#
# Exit code: 0 all images are there; 3 they cannot be made on this machine; 1 a build failed; 2 usage.
set -euo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$HERE/common.sh"

BASE_SUITE=${CDK8S_HA_TEST_BASE_SUITE:-trixie}
PROXY_SUITE=${CDK8S_HA_TEST_PROXY_SUITE:-forky}
POSTGRES_MAJOR=${CDK8S_HA_TEST_POSTGRES_MAJOR:-17}
PREFIX=localhost/cdk8s-ha
STAMP_LABEL=org.cdk8s-ha.test-stamp
LOAD_CLIENT=$CACHE/bin/load
REACH=$CACHE/bin/reach
RATE=$CACHE/bin/rate
TRAEFIK_VERSION=v3.7.13
BASE_PACKAGES=(base-files busybox-static dash bash curl wget netcat-openbsd openssl ca-certificates libcap2-bin
  "postgresql-$POSTGRES_MAJOR" "postgresql-client-$POSTGRES_MAJOR" gosu libnss-wrapper libc-bin tzdata)
PROXY_PACKAGES=(caddy haproxy nginx pebble ca-certificates)

declare -A TAGS=(
  [postgres]="postgres:$POSTGRES_MAJOR"
  [shop]='shop:1 shop:2 shop:3 shop:bad shop:crash shop:9090' [stand-ins]='broker:1 cache:1' [load]=load:1 [reach]=reach:1
  [caddy]=caddy:2 [haproxy]=haproxy:3 [nginx]=nginx:1 [traefik]=traefik:3
  [pebble]=pebble:2 [client]=client:1 [busybox]=busybox:1
  [probes]='probe-wget:1 probe-wget-gnu:1 probe-curl:1 probe-nc:1 probe-nc-busybox:1 probe-bash:1 probe-none:1 probe-noshell:1'
)
NAMES=(busybox client shop stand-ins load reach probes caddy haproxy nginx traefik pebble postgres)

# ---- packages -------------------------------------------------------------------------------------------

# Unpacks packages of a suite, with all that they depend on, into a folder: programs are picked from there.
unpacked() { # suite package...
  local suite=$1 root=$CACHE/root-$1 stamp status=$CACHE/empty/status archive
  shift
  stamp="$suite $*"
  [[ -e $root/.complete && $(<"$root/.complete") == "$stamp" ]] && return
  say "fetching packages of $suite: $*"
  mkdir -p "$CACHE/empty"
  : >"$status"
  rm -rf "$root" "$CACHE/apt/$suite/cache/archives"
  mkdir -p "$CACHE/apt/$suite/cache/archives/partial"
  quietly "$CACHE/apt-$suite.log" suite_apt "$suite" update
  # With nothing counted as installed, every dependency is fetched.
  quietly "$CACHE/apt-$suite.log" suite_apt "status=$status" "$suite" --no-install-recommends --download-only install "$@"
  mkdir -p "$root"/usr/{bin,sbin,lib,lib64}
  local link
  for link in bin sbin lib lib64; do ln -s "usr/$link" "$root/$link"; done
  for archive in "$CACHE/apt/$suite/cache/archives"/*.deb; do
    # LLVM compiles queries to machine code; no test has one that is worth it, and it is huge.
    [[ $archive == */libllvm* ]] && continue
    dpkg-deb --fsys-tarfile "$archive" | tar -C "$root" -xf - --keep-directory-symlink \
      --exclude='./usr/share/doc' --exclude='./usr/share/man' --exclude='./usr/share/locale' --exclude='*/llvmjit*'
  done
  (cd "$root/usr/share/ca-certificates" && find . -name '*.crt' -exec cat {} +) >"$root/etc/ssl/certs/ca-certificates.crt"
  rm -rf "$CACHE/apt/$suite/cache/archives"
  echo "$stamp" >"$root/.complete"
}

go_program() { # folder result
  if ! command -v go >/dev/null; then
    say 'installing Go'
    quietly "$CACHE/apt-go.log" apt-get -qq update
    DEBIAN_FRONTEND=noninteractive quietly "$CACHE/apt-go.log" apt-get -qq -y --no-install-recommends install golang-go
  fi
  (cd "$HERE/images/$1" && CGO_ENABLED=0 quietly "$CACHE/go-$1.log" go build -buildvcs=false -trimpath -ldflags '-s -w' -o "$2" .)
}

# ---- root file systems ----------------------------------------------------------------------------------

# An empty system: the folders, root, nobody, and the users named. Nobody else: a program that fails for a
# user id without a name (pg_isready does) must fail here just as in the published image.
make_root() { # folder [user:id...]
  local root=$1 link user
  shift
  rm -rf "$root"
  mkdir -p "$root"/{dev,etc,proc,root,run,srv,sys,tmp,var/cache,var/lib,var/log,usr/bin,usr/sbin,usr/lib,usr/lib64}
  for link in bin sbin lib lib64; do ln -s "usr/$link" "$root/$link"; done
  ln -s ../run "$root/var/run"
  chmod 1777 "$root/tmp"
  for user in root:0 "$@" nobody:65534; do
    echo "${user%:*}:x:${user#*:}:${user#*:}::/:/bin/sh" >>"$root/etc/passwd"
    echo "${user%:*}:x:${user#*:}:" >>"$root/etc/group"
  done
  echo 'hosts: files dns' >"$root/etc/nsswitch.conf"
}

# Copies files of an unpacked suite, and the libraries that they are linked with.
add_files() { # folder suite path...
  local root=$1 from=$CACHE/root-$2 path library
  shift 2
  for path in "$@"; do
    [[ -e $from/$path ]] || fail "no $path in the packages"
    mkdir -p "$root/$(dirname "$path")"
    cp -aL "$from/$path" "$root/$path"
    for library in $(chroot "$from" "$LOADER" --list "/$path" 2>/dev/null | grep -o '/[^ ]*' | sort -u); do
      [[ -e $root/$library ]] && continue
      mkdir -p "$root/$(dirname "$library")"
      cp -L "$from/$library" "$root/$library"
    done
  done
}

# All of busybox, or, with names, only what is named: its shell would find all of it in any case, since
# Debian builds it so that the shell prefers its own programs to files.
add_busybox() { # folder [applet...]
  local root=$1 from=$CACHE/root-$BASE_SUITE/usr/bin/busybox applet hidden
  shift
  if (($#)); then
    hidden=$root/usr/lib/busybox/busybox
    install -D "$from" "$hidden"
    for applet in "$@"; do ln -s ../lib/busybox/busybox "$root/usr/bin/$applet"; done
    return
  fi
  install "$from" "$root/usr/bin/busybox"
  for applet in $("$from" --list); do
    [[ -e $root/usr/bin/$applet ]] || ln -s busybox "$root/usr/bin/$applet"
  done
}

add_certificates() { install -D -m 644 "$CACHE/root-$BASE_SUITE/etc/ssl/certs/ca-certificates.crt" "$1/etc/ssl/certs/ca-certificates.crt"; }

# ---- images ---------------------------------------------------------------------------------------------

# Packs a root file system once, for all the images that differ in configuration only.
pack() { # folder
  tar -C "$1" --sort=name --mtime=@0 --numeric-owner --xattrs --xattrs-include=security.capability -cf "$1.tar" .
}

# Loads one image. `docker import` knows no stop signal, so the archive that `docker load` reads is written
# here; with fixed times the same content is the same image again.
load() { # tag packed-folder configuration-members
  local tag=$PREFIX/$1 layer=$2.tar work=$CACHE/build/load digest
  rm -rf "$work"
  mkdir -p "$work"
  ln "$layer" "$work/layer.tar"
  digest=$(sha256sum <"$layer" | cut -d' ' -f1)
  cat >"$work/config.json" <<END
{"architecture": "$(dpkg --print-architecture)", "os": "linux", "created": "2000-01-01T00:00:00Z",
 "config": {"Labels": {"$STAMP_LABEL": "$STAMP"}, $3},
 "rootfs": {"type": "layers", "diff_ids": ["sha256:$digest"]},
 "history": [{"created": "2000-01-01T00:00:00Z", "created_by": "test/engine/build-images.sh"}]}
END
  echo "[{\"Config\": \"config.json\", \"RepoTags\": [\"$tag\"], \"Layers\": [\"layer.tar\"]}]" >"$work/manifest.json"
  tar -C "$work" -cf - manifest.json config.json layer.tar | docker load -q >/dev/null
  say "  $tag"
}

SYSTEM_PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

build_busybox() {
  make_root "$1"
  add_busybox "$1"
  pack "$1"
  load busybox:1 "$1" "\"Env\": [\"PATH=$SYSTEM_PATH\"], \"Cmd\": [\"sh\"]"
}

build_client() {
  make_root "$1"
  add_files "$1" "$BASE_SUITE" usr/bin/curl usr/bin/openssl
  add_busybox "$1"
  add_certificates "$1"
  pack "$1"
  # `sleep` as first process ignores TERM, and a test should not wait for it.
  load client:1 "$1" "\"User\": \"1000:1000\", \"Env\": [\"PATH=$SYSTEM_PATH\"], \"Cmd\": [\"sleep\", \"infinity\"], \"StopSignal\": \"SIGKILL\""
}

build_shop() {
  make_root "$1"
  go_program shop "$1/usr/bin/shop"
  add_busybox "$1"
  # The time zone of the example's scheduled job, as an image with tzdata has it.
  add_files "$1" "$BASE_SUITE" usr/share/zoneinfo/Europe/Berlin
  pack "$1"
  local tag variable
  for tag in ${TAGS[shop]}; do
    case $tag in
      *:bad) variable=', "UNHEALTHY=1"' ;;
      *:crash) variable=', "EXIT_AT_START=1"' ;;
      *:9090) variable=', "PORT=9090"' ;;
      *) variable= ;;
    esac
    load "$tag" "$1" "\"User\": \"1000\", \"ExposedPorts\": {\"8080/tcp\": {}}, \"Cmd\": [\"shop\"],
      \"Env\": [\"PATH=$SYSTEM_PATH\", \"SHOP_VERSION=${tag#*:}\"$variable]"
  done
}

# The shop's program where others listen, with what their health checks run, and arguments that it does not read.
build_stand-ins() {
  make_root "$1"
  go_program shop "$1/usr/bin/shop"
  add_busybox "$1"
  printf '#!/bin/sh\nexec wget -q -O /dev/null "http://127.0.0.1:$PORT/healthz"\n' >"$1/usr/bin/rabbitmq-diagnostics"
  cp "$1/usr/bin/rabbitmq-diagnostics" "$1/usr/bin/valkey-cli"
  chmod 755 "$1/usr/bin/rabbitmq-diagnostics" "$1/usr/bin/valkey-cli"
  pack "$1"
  load broker:1 "$1" "\"Env\": [\"PATH=$SYSTEM_PATH\", \"PORT=5672\"], \"Entrypoint\": [\"sh\", \"-c\", \"PORT=15672 shop & exec shop\"]"
  load cache:1 "$1" "\"Env\": [\"PATH=$SYSTEM_PATH\", \"PORT=6379\"], \"Entrypoint\": [\"shop\", \"serve\"]"
}

# Also for this machine itself, where visitors come from. A client that misses a failure proves nothing: it is tested first.
build_load() {
  make_root "$1"
  go_program load "$1/usr/bin/load"
  (cd "$HERE/images/load" && CGO_ENABLED=0 quietly "$CACHE/go-load-test.log" go test -parallel 16 .)
  install -D "$1/usr/bin/load" "$LOAD_CLIENT"
  go_program rate "$RATE"
  pack "$1"
  load load:1 "$1" "\"User\": \"1000:1000\", \"Env\": [\"PATH=$SYSTEM_PATH\"], \"Entrypoint\": [\"load\"]"
}

# Also for this machine itself and for what stands outside.
build_reach() {
  make_root "$1"
  go_program reach "$1/usr/bin/reach"
  install -D "$1/usr/bin/reach" "$REACH"
  pack "$1"
  load reach:1 "$1" "\"User\": \"1000:1000\", \"Env\": [\"PATH=$SYSTEM_PATH\"], \"Entrypoint\": [\"reach\"]"
}

# Each has exactly the tools that its name says, and a server to ask. The shell is dash, see add_busybox.
build_probes() {
  local tag root=$1
  go_program server "$CACHE/build/server"
  for tag in ${TAGS[probes]}; do
    make_root "$root"
    install "$CACHE/build/server" "$root/usr/bin/server"
    if [[ $tag != probe-noshell:* ]]; then
      add_files "$root" "$BASE_SUITE" usr/bin/dash
      ln -s dash "$root/usr/bin/sh"
      add_busybox "$root" sleep cat true
    fi
    case $tag in
      probe-wget:*) add_busybox "$root" wget ;;
      probe-wget-gnu:*) add_files "$root" "$BASE_SUITE" usr/bin/wget ;;
      probe-curl:*) add_files "$root" "$BASE_SUITE" usr/bin/curl ;;
      probe-nc:*) add_files "$root" "$BASE_SUITE" usr/bin/nc.openbsd && mv "$root/usr/bin/nc.openbsd" "$root/usr/bin/nc" ;;
      probe-nc-busybox:*) add_busybox "$root" nc ;;
      probe-bash:*) add_files "$root" "$BASE_SUITE" usr/bin/bash ;;
    esac
    pack "$root"
    load "$tag" "$root" "\"User\": \"1000\", \"ExposedPorts\": {\"8080/tcp\": {}}, \"Cmd\": [\"/usr/bin/server\"], \"Env\": [\"PATH=$SYSTEM_PATH\"]"
  done
}

# As published: no user, /data and /config are root's, and the program has a file capability, so that it
# does not even start where NET_BIND_SERVICE is not among the capabilities that it may get.
build_caddy() {
  make_root "$1"
  add_files "$1" "$PROXY_SUITE" usr/bin/caddy
  add_busybox "$1"
  add_certificates "$1"
  mkdir -p "$1"/{data/caddy,config/caddy,etc/caddy,usr/share/caddy}
  install -m 644 "$HERE/images/caddy/Caddyfile" "$1/etc/caddy/Caddyfile"
  local tools=$CACHE/root-$BASE_SUITE
  mkdir -p "$tools/mnt"
  mv "$1/usr/bin/caddy" "$tools/mnt/caddy"
  chroot "$tools" /usr/sbin/setcap cap_net_bind_service=+ep /mnt/caddy
  cp --preserve=all "$tools/mnt/caddy" "$1/usr/bin/caddy"
  rm "$tools/mnt/caddy"
  pack "$1"
  load caddy:2 "$1" "\"Env\": [\"PATH=$SYSTEM_PATH\", \"XDG_CONFIG_HOME=/config\", \"XDG_DATA_HOME=/data\"],
    \"WorkingDir\": \"/srv\", \"ExposedPorts\": {\"80/tcp\": {}, \"443/tcp\": {}, \"443/udp\": {}, \"2019/tcp\": {}},
    \"Cmd\": [\"caddy\", \"run\", \"--config\", \"/etc/caddy/Caddyfile\", \"--adapter\", \"caddyfile\"]"
}

build_haproxy() {
  make_root "$1" haproxy:99
  add_files "$1" "$PROXY_SUITE" usr/sbin/haproxy
  # Debian is below the published one, which is never without this part of Perl.
  add_files "$1" "$BASE_SUITE" usr/bin/perl
  mkdir -p "$1/usr/lib/$(uname -m)-linux-gnu"
  cp -a "$CACHE/root-$BASE_SUITE/usr/lib/$(uname -m)-linux-gnu/perl-base" "$1/usr/lib/$(uname -m)-linux-gnu/"
  add_busybox "$1"
  mkdir -p "$1"/{usr/local/etc/haproxy,var/lib/haproxy}
  chown 99:99 "$1/var/lib/haproxy"
  pack "$1"
  load haproxy:3 "$1" "\"User\": \"haproxy\", \"WorkingDir\": \"/var/lib/haproxy\", \"StopSignal\": \"SIGUSR1\", \"Env\": [\"PATH=$SYSTEM_PATH\"],
    \"Cmd\": [\"haproxy\", \"-W\", \"-db\", \"-f\", \"/usr/local/etc/haproxy/haproxy.cfg\"]"
}

build_nginx() {
  make_root "$1" nginx:101
  add_files "$1" "$PROXY_SUITE" usr/sbin/nginx etc/nginx/mime.types
  add_busybox "$1"
  mkdir -p "$1"/{etc/nginx/conf.d,var/cache/nginx,var/log/nginx,var/lib/nginx,usr/share/nginx/html}
  ln -s /dev/stdout "$1/var/log/nginx/access.log"
  ln -s /dev/stderr "$1/var/log/nginx/error.log"
  pack "$1"
  load nginx:1 "$1" "\"StopSignal\": \"SIGQUIT\", \"ExposedPorts\": {\"80/tcp\": {}}, \"Env\": [\"PATH=$SYSTEM_PATH\"],
    \"Cmd\": [\"nginx\", \"-g\", \"daemon off;\"]"
}

# As published: root, and an entrypoint that is a script.
build_traefik() {
  local program=$HERE/../../.tools/bin/traefik
  if [[ ! -x $program ]]; then
    program=$CACHE/bin/traefik
    [[ -x $program ]] || { say 'building Traefik'; quietly "$CACHE/traefik.log" "$HERE/../../scripts/build-traefik.sh" "$TRAEFIK_VERSION" "$program"; }
  fi
  make_root "$1"
  install "$program" "$1/usr/bin/traefik"
  add_busybox "$1"
  add_certificates "$1"
  printf '#!/bin/sh\nset -e\ncase ${1:-} in -* | version | healthcheck) set -- traefik "$@" ;; esac\nexec "$@"\n' >"$1/entrypoint.sh"
  chmod 755 "$1/entrypoint.sh"
  pack "$1"
  load traefik:3 "$1" "\"Env\": [\"PATH=$SYSTEM_PATH\"], \"ExposedPorts\": {\"80/tcp\": {}}, \"Entrypoint\": [\"/entrypoint.sh\"], \"Cmd\": [\"traefik\"]"
}

# The directory is https://pebble:14000/dir. Who asks there trusts /etc/pebble/cert.pem, made here and now.
# It looks names up as every container does: a proxy needs its public name as a network alias.
build_pebble() {
  make_root "$1"
  add_files "$1" "$PROXY_SUITE" usr/bin/pebble
  add_busybox "$1"
  install -D -m 644 "$HERE/images/pebble/config.json" "$1/etc/pebble/config.json"
  local tools=$CACHE/root-$BASE_SUITE
  mkdir -p "$tools/mnt/pebble"
  quietly "$CACHE/pebble.log" chroot "$tools" /usr/bin/openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
    -days 3650 -subj /CN=pebble -addext subjectAltName=DNS:pebble,DNS:localhost,IP:127.0.0.1 \
    -keyout /mnt/pebble/key.pem -out /mnt/pebble/cert.pem
  install -m 644 "$tools"/mnt/pebble/*.pem "$1/etc/pebble/"
  rm -r "$tools/mnt/pebble"
  pack "$1"
  load pebble:2 "$1" "\"Env\": [\"PATH=$SYSTEM_PATH\", \"PEBBLE_VA_NOSLEEP=1\", \"PEBBLE_WFE_NONCEREJECT=0\"],
    \"ExposedPorts\": {\"14000/tcp\": {}, \"15000/tcp\": {}}, \"Cmd\": [\"pebble\", \"-config\", \"/etc/pebble/config.json\"]"
}

build_postgres() {
  make_root "$1" postgres:999
  local from=$CACHE/root-$BASE_SUITE home=usr/lib/postgresql/$POSTGRES_MAJOR share=usr/share/postgresql/$POSTGRES_MAJOR path
  local files=(usr/sbin/gosu usr/bin/locale)
  [[ -e $from/usr/bin/gosu ]] && files[0]=usr/bin/gosu
  for path in "$from/$home"/bin/* "$from/$home"/lib/*.so; do files+=("${path#"$from/"}"); done
  add_files "$1" "$BASE_SUITE" "${files[@]}"
  mkdir -p "$1/usr/share/postgresql" "$1/usr/lib/locale"
  cp -a "$from/$share" "$1/usr/share/postgresql/"
  cp -a "$from/usr/share/zoneinfo" "$1/usr/share/"
  cp -a "$from/usr/lib/locale/C.utf8" "$1/usr/lib/locale/"
  cp -L "$from"/usr/lib/*/libnss_wrapper.so "$1/usr/lib/libnss_wrapper.so"
  add_busybox "$1"
  sed -i "s/^#listen_addresses = .*/listen_addresses = '*'/" "$1/$share/postgresql.conf.sample"
  install -D -m 755 "$HERE/images/postgres/docker-entrypoint.sh" "$1/usr/local/bin/docker-entrypoint.sh"
  mkdir -p "$1"/{docker-entrypoint-initdb.d,run/postgresql,var/lib/postgresql/data}
  chown -R 999:999 "$1/run/postgresql" "$1/var/lib/postgresql"
  chmod 3777 "$1/run/postgresql"
  # Open to everybody, so that a volume made from it can be used by any user.
  chmod 1777 "$1/var/lib/postgresql/data"
  pack "$1"
  load "postgres:$POSTGRES_MAJOR" "$1" "\"Env\": [\"PATH=$SYSTEM_PATH:/$home/bin\", \"LANG=C.UTF-8\", \"PG_MAJOR=$POSTGRES_MAJOR\", \"PGDATA=/var/lib/postgresql/data\"],
    \"Volumes\": {\"/var/lib/postgresql/data\": {}}, \"ExposedPorts\": {\"5432/tcp\": {}}, \"StopSignal\": \"SIGINT\",
    \"Entrypoint\": [\"docker-entrypoint.sh\"], \"Cmd\": [\"postgres\"]"
}

# ---- what to do -----------------------------------------------------------------------------------------

# All that an image is made of. This script counts too; it is small, and a build takes seconds.
stamp_of() { # name
  local sources=() folder=$HERE/images/$1
  [[ $1 == probes ]] && folder=$HERE/images/server
  [[ $1 == stand-ins ]] && folder=$HERE/images/shop
  [[ -d $folder ]] && mapfile -t sources < <(find "$folder" -type f | sort)
  {
    echo "$BASE_SUITE $PROXY_SUITE $POSTGRES_MAJOR"
    cat "$HERE/build-images.sh" "${sources[@]}"
  } | sha256sum | cut -c1-16
}

is_current() { # name
  local tag
  [[ $1 != load || (-x $LOAD_CLIENT && -x $RATE) ]] || return
  [[ $1 != reach || -x $REACH ]] || return
  for tag in ${TAGS[$1]}; do
    [[ $(docker image inspect -f "{{index .Config.Labels \"$STAMP_LABEL\"}}" "$PREFIX/$tag" 2>/dev/null) == "$STAMP" ]] || return
  done
}

force='' list='' wanted=()
for argument in "$@"; do
  case $argument in
    --force) force=1 ;;
    --list) list=1 ;;
    --help | -h) print_help "$0"; exit 0 ;;
    *)
      [[ ${TAGS[$argument]:-} ]] || { printf 'unknown argument: %s (see --help)\n' "$argument" >&2; exit 2; }
      wanted+=("$argument")
      ;;
  esac
done
((${#wanted[@]})) || wanted=("${NAMES[@]}")

if [[ $list ]]; then
  for name in "${wanted[@]}"; do
    for tag in ${TAGS[$name]}; do say "$PREFIX/$tag"; done
  done
  exit 0
fi

docker version >/dev/null 2>&1 || unavailable 'docker does not answer: run start-engine.sh first'
take_lock build-images
mkdir -p "$CACHE/build"
stale=()
for name in "${wanted[@]}"; do
  STAMP=$(stamp_of "$name")
  if [[ $force ]] || ! is_current "$name"; then stale+=("$name"); fi
done
if ((!${#stale[@]})); then
  say 'images are current'
  exit 0
fi

is_debian_root || unavailable 'images are made from Debian packages, on Debian and as root'
unpacked "$BASE_SUITE" "${BASE_PACKAGES[@]}"
case " ${stale[*]} " in *\ caddy\ * | *\ haproxy\ * | *\ nginx\ * | *\ pebble\ *) unpacked "$PROXY_SUITE" "${PROXY_PACKAGES[@]}" ;; esac
# Tells which libraries a program needs, without running it.
LOADER=$(find "$CACHE/root-$BASE_SUITE/usr/lib64" "$CACHE/root-$BASE_SUITE/usr/lib" -maxdepth 1 -name 'ld-linux-*.so.*' -print -quit)
LOADER=${LOADER#"$CACHE/root-$BASE_SUITE"}
for name in "${stale[@]}"; do
  say "building $name"
  STAMP=$(stamp_of "$name")
  "build_$name" "$CACHE/build/$name"
  rm -rf "$CACHE/build/$name" "$CACHE/build/$name.tar"
done
rm -rf "$CACHE/build"
# What these replaced has no name any more.
docker image prune -f --filter "label=$STAMP_LABEL" >/dev/null
