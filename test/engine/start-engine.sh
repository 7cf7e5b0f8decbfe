#!/bin/bash
# Makes sure that a container engine with Compose answers, and prints the versions.
#
#   start-engine.sh [--swarm]
#
# Where `docker version` reaches an engine already, nothing is installed or started. Elsewhere, on Debian
# and as root, Docker Engine is installed from the machine's own suite, the Compose plugin is taken from a
# newer one, and dockerd is started. May be run again at any time.
#
#   --swarm   makes the engine a one-node swarm
#   --help    this text
#
# Environment: CDK8S_HA_TEST_CACHE          downloads and logs (/var/tmp/cdk8s-ha-test-engine)
#              CDK8S_HA_TEST_COMPOSE_SUITE  Debian suite of the Compose plugin (trixie)
#
# Exit code: 0 the engine answers; 3 no engine can be had on this machine (the reason is the last line);
# 2 usage. A caller counts its tests as skipped after a 3, never as passed.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# A package that cannot be had is an engine that cannot be had.
FAILURE_EXIT_CODE=3

COMPOSE_SUITE=${CDK8S_HA_TEST_COMPOSE_SUITE:-trixie}
PLUGIN=/usr/local/lib/docker/cli-plugins/docker-compose
PID_FILE=/var/run/docker.pid
POLICY=/usr/sbin/policy-rc.d

swarm=
for argument in "$@"; do
  case $argument in
    --swarm) swarm=1 ;;
    --help | -h) print_help "$0"; exit 0 ;;
    *) printf 'unknown argument: %s (see --help)\n' "$argument" >&2; exit 2 ;;
  esac
done

engine_answers() { docker version >/dev/null 2>&1; }
compose_answers() { docker compose version >/dev/null 2>&1; }
has_systemd() { [[ -d /run/systemd/system ]]; }

install_engine() {
  local missing=() package
  for package in docker.io iptables ca-certificates; do
    dpkg-query -W -f='${Status}\n' "$package" 2>/dev/null | grep -qx 'install ok installed' || missing+=("$package")
  done
  ((${#missing[@]})) || return 0
  say "installing ${missing[*]}"
  quietly "$CACHE/apt-update.log" apt-get -qq update
  # Without an init system the package could only fail to start its service.
  if ! has_systemd && [[ ! -e $POLICY ]]; then
    trap 'rm -f "$POLICY"' EXIT
    printf '#!/bin/sh\nexit 101\n' >"$POLICY"
    chmod +x "$POLICY"
  fi
  DEBIAN_FRONTEND=noninteractive quietly "$CACHE/apt-install.log" \
    apt-get -qq -y --no-install-recommends install "${missing[@]}"
}

install_compose() {
  say "fetching the Compose plugin from $COMPOSE_SUITE"
  local work=$CACHE/compose program
  rm -rf "$work"
  mkdir -p "$work/root"
  quietly "$CACHE/compose.log" suite_apt "$COMPOSE_SUITE" update
  (cd "$work" && quietly "$CACHE/compose.log" suite_apt "$COMPOSE_SUITE" download docker-compose)
  dpkg-deb -x "$work"/docker-compose_*.deb "$work/root"
  program=$(find "$work/root" -type f -name docker-compose -perm -u+x -print -quit)
  [[ $program ]] || fail "the package docker-compose of $COMPOSE_SUITE has no Compose v2 plugin"
  install -D -m 755 "$program" "$PLUGIN"
  rm -rf "$work"
}

# A daemon that was killed leaves its file behind, and the next one believes it. The number in it may be
# another process by now, or a dead one that nobody has waited for; that one has no program any more.
forget_dead() { # pid-file program
  if [[ -s $1 && $(readlink "/proc/$(<"$1")/exe") != */$2* ]]; then rm -f "$1"; fi
}

start_daemon() {
  say 'starting dockerd'
  if has_systemd; then
    quietly "$CACHE/systemctl.log" systemctl start docker
  else
    forget_dead "$PID_FILE" dockerd
    forget_dead /var/run/docker/containerd/containerd.pid containerd
    if [[ ! -s $PID_FILE ]]; then
      setsid nohup dockerd --log-level warn 9>&- >"$CACHE/dockerd.log" 2>&1 </dev/null &
    fi
  fi
  local deadline=$((SECONDS + 60))
  until engine_answers; do
    if ((SECONDS > deadline)); then
      tail -n 25 "$CACHE/dockerd.log" >&2 2>/dev/null || true
      unavailable 'dockerd was installed but does not answer: see the lines above'
    fi
    sleep 0.3
  done
}

if ! engine_answers || ! compose_answers; then
  if ! engine_answers && [[ ${DOCKER_HOST:-} ]]; then
    unavailable "DOCKER_HOST is $DOCKER_HOST, and nothing answers there"
  fi
  is_debian_root || unavailable "docker or docker compose does not answer, and it is only installed on Debian, as root"
  take_lock start-engine
  if ! engine_answers; then
    install_engine
    compose_answers || install_compose
    start_daemon
  fi
  compose_answers || install_compose
fi

if [[ $swarm && $(docker info -f '{{.Swarm.LocalNodeState}}') != active ]]; then
  say 'making the engine a one-node swarm'
  docker swarm init --advertise-addr 127.0.0.1 >/dev/null
fi

docker version -f 'client {{.Client.Version}}, engine {{.Server.Version}} (API {{.Server.APIVersion}})'
say "compose $(docker compose version --short), $(docker info -f 'storage {{.Driver}}, cgroup v{{.CgroupVersion}}, swarm {{.Swarm.LocalNodeState}}')"
