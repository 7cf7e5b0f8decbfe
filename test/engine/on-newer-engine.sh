#!/bin/bash
# Runs a command on a newer engine beside this machine's own: Docker Engine and Compose of another Debian suite, unpacked and
# not installed, in a network of their own, so that both may publish the same ports.
#
#   on-newer-engine.sh COMMAND...     for example: on-newer-engine.sh npm run test:engine
#   on-newer-engine.sh --stop         ends that engine
#   on-newer-engine.sh --help         this text
#
# Needs Debian, root, and the test images (start-engine.sh, build-images.sh), which are copied. May be run again at any time.
#
# Environment: CDK8S_HA_TEST_CACHE        downloads, data and logs (/var/tmp/cdk8s-ha-test-engine)
#              CDK8S_HA_TEST_NEWER_SUITE  Debian suite of both (sid)
#
# Exit code: that of the command; 3 no such engine can be had on this machine; 2 usage.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
FAILURE_EXIT_CODE=3

SUITE=${CDK8S_HA_TEST_NEWER_SUITE:-sid}
PLACE=$CACHE/newer-engine
SOCKET=unix://$PLACE/run/docker.sock

case ${1:-} in
  '') print_help "$0" >&2; exit 2 ;;
  --help | -h) print_help "$0"; exit 0 ;;
  --stop) [[ ! -s $PLACE/run/pid ]] || kill "$(<"$PLACE/run/pid")"; exit 0 ;;
esac

newer() { DOCKER_CONFIG=$PLACE/client PATH=$PLACE/root/usr/bin:$PLACE/root/usr/sbin:$PATH docker -H "$SOCKET" "$@"; }
answers() { newer version >/dev/null 2>&1; }

unpack() {
  [[ ! -x $PLACE/root/usr/sbin/dockerd ]] || return 0
  say "fetching Docker Engine and Compose from $SUITE"
  mkdir -p "$PLACE"/{packages,root,client/cli-plugins}
  quietly "$CACHE/newer-engine.log" suite_apt "$SUITE" update
  (cd "$PLACE/packages" && quietly "$CACHE/newer-engine.log" suite_apt "$SUITE" download docker.io docker-cli containerd docker-compose)
  local package
  for package in "$PLACE"/packages/*.deb; do dpkg-deb -x "$package" "$PLACE/root"; done
  ln -sf "$(find "$PLACE/root" -type f -name docker-compose -path '*cli-plugins*' -print -quit)" "$PLACE/client/cli-plugins/docker-compose"
}

start() {
  ! answers || return 0
  say 'starting it'
  mkdir -p "$PLACE/run"
  rm -f "$PLACE/run/pid"
  # shellcheck disable=SC2016 # variables of the inner shell
  PATH=$PLACE/root/usr/bin:$PLACE/root/usr/sbin:$PATH setsid nohup unshare --net --mount bash -c 'ip link set lo up; sysctl -qw net.ipv4.ip_forward=1
    exec dockerd --data-root "$0/data" --exec-root "$0/run/exec" --pidfile "$0/run/pid" --host "$1" --storage-driver overlay2 --log-level warn' \
    "$PLACE" "$SOCKET" 9>&- >"$PLACE/dockerd.log" 2>&1 </dev/null &
  local deadline=$((SECONDS + 60))
  until answers; do
    if ((SECONDS > deadline)); then
      tail -n 25 "$PLACE/dockerd.log" >&2
      unavailable 'the newer dockerd does not answer: see the lines above'
    fi
    sleep 0.3
  done
  [[ $(newer info -f '{{.Swarm.LocalNodeState}}') == active ]] || newer swarm init --advertise-addr 127.0.0.1 >/dev/null
}

copy_images() {
  local image missing=()
  for image in $(docker images --filter reference='localhost/cdk8s-ha/*' --format '{{.Repository}}:{{.Tag}}'); do
    [[ $(docker image inspect -f '{{.Id}}' "$image") == "$(newer image inspect -f '{{.Id}}' "$image" 2>/dev/null)" ]] || missing+=("$image")
  done
  ((${#missing[@]})) || return 0
  say "copying ${#missing[@]} images"
  docker save "${missing[@]}" | newer load --quiet >/dev/null
}

is_debian_root || unavailable 'it is only unpacked on Debian, as root'
take_lock newer-engine
unpack
start
copy_images
exec 9>&-
newer version -f 'client {{.Client.Version}}, engine {{.Server.Version}}'
say "compose $(newer compose version --short)"
DOCKER_HOST=$SOCKET DOCKER_CONFIG=$PLACE/client PATH=$PLACE/root/usr/bin:$PLACE/root/usr/sbin:$PATH \
  exec nsenter --net --target "$(<"$PLACE/run/pid")" "$@"
