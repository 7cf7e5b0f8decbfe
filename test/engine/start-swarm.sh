#!/bin/bash
# Makes a swarm of several engines on this machine, to see what is lost with one of them.
#
#   start-swarm.sh [--nodes N]    starts those that do not run, and prints each one's name, socket and address
#   start-swarm.sh --kill NODE    NODE loses its power: network, engine, containerd and all containers, at once
#   start-swarm.sh --stop         ends and removes all of it
#   start-swarm.sh --check        whether it can be had here; starts nothing
#   start-swarm.sh --help         this text
#
# A node is a process tree of its own with its own network, host name, /run, engine and images; all meet on one Ethernet,
# which this machine reaches as 100.127.255.254. The machine's own engine is not part of it and gives the test images. The first
# three nodes are managers. Each has a zone of its own as a label, and node-2 the label db=true. May be run again at any time:
# a node that was killed comes back with its data.
#
# Needs root, Docker Engine and the test images (start-engine.sh, build-images.sh).
#
# Environment: CDK8S_HA_TEST_CACHE    data and logs (/var/tmp/cdk8s-ha-test-engine)
#
# Exit code: 0; 3 no such swarm can be had on this machine (the reason is the last line); 2 usage.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
FAILURE_EXIT_CODE=3

PLACE=$CACHE/swarm
IMAGES=$CACHE/swarm-images
SUBNET=100.127.255
# What this machine has of it begins with that: network namespaces, a device, a cgroup.
PREFIX=cdk8s-swarm
DATABASE_NODE="node-2"

usage() { printf '%s (see --help)\n' "$*" >&2; exit 2; }

nodes=3 verb=start victim=
while (($#)); do
  case $1 in
    --nodes) nodes=${2:-}; [[ $nodes =~ ^[1-9]$ ]] || usage '--nodes takes a number from 1 to 9'; shift ;;
    --kill) verb=kill victim=${2:-}; [[ $victim =~ ^node-[1-9]$ ]] || usage '--kill takes a node, such as node-3'; shift ;;
    --stop | --check) verb=${1#--} ;;
    --help | -h) print_help "$0"; exit 0 ;;
    *) usage "unknown argument: $1" ;;
  esac
  shift
done

socket() { printf 'unix://%s/%s/docker.sock' "$PLACE" "$1"; }
address() { printf '%s.%s' "$SUBNET" "${1#node-}"; }
on() { local node=$1; shift; docker -H "$(socket "$node")" "$@"; }
answers() { on "$1" version >/dev/null 2>&1; }
state() { on "$1" info -f '{{.Swarm.LocalNodeState}}'; }

# ---- the Ethernet -------------------------------------------------------------------------------------------------

# A bridge in a namespace of its own, where no rules of this machine's engine apply to what passes.
make_switch() {
  [[ ! -e /run/netns/$PREFIX-switch ]] || return 0
  ip netns add "$PREFIX-switch"
  ip -n "$PREFIX-switch" link add bridge type bridge
  ip -n "$PREFIX-switch" link set bridge up
  ip link add "$PREFIX" type veth peer name machine netns "$PREFIX-switch"
  ip address add "$SUBNET.254/24" dev "$PREFIX"
  ip link set "$PREFIX" up
  plug_in machine
}

plug_in() { ip -n "$PREFIX-switch" link set "$1" master bridge up; }

make_link() { # node
  [[ ! -e /run/netns/$PREFIX-$1 ]] || return 0
  ip netns add "$PREFIX-$1"
  ip -n "$PREFIX-$1" link add eth0 type veth peer name "$1" netns "$PREFIX-switch"
  ip -n "$PREFIX-$1" address add "$(address "$1")/24" dev eth0
  ip -n "$PREFIX-$1" link set lo up
  ip -n "$PREFIX-$1" link set eth0 up
}

# ---- engines ------------------------------------------------------------------------------------------------------

# The first process of a node is that of a process tree: with it all others end at once. Its /run is empty at each start. As
# this machine's engine, it is as nice as others, whoever starts it: else health checks run out of time beside other work.
boot() { # node
  local home=$PLACE/$1
  mkdir -p "$home/data"
  rm -f "$home/docker.sock"
  plug_in "$1"
  # shellcheck disable=SC2016 # variables of the inner shell
  setsid nohup nsenter --net="/run/netns/$PREFIX-$1" unshare --mount --uts --ipc --pid --fork --kill-child --mount-proc \
    bash -c 'hostname "$0"
      renice -n 0 $$ >/dev/null
      mount -t tmpfs tmpfs /run
      sysctl -qw net.ipv4.ip_forward=1
      exec docker-init -- dockerd --config-file "$1/../daemon.json" --data-root "$1/data" --host "$2" --storage-driver overlay2 \
        --cgroup-parent "/$3/$0" --log-level warn' "$1" "$home" "$(socket "$1")" "$PREFIX" 9>&- >>"$home/dockerd.log" 2>&1 </dev/null &
  # The one outside, which ends the tree when it ends.
  printf '%s\n' $! >"$home/pid"
}

is_alive() { [[ -s $PLACE/$1/pid && $(readlink "/proc/$(<"$PLACE/$1/pid")/exe") == */unshare ]]; }

start_node() {
  is_alive "$1" || boot "$1"
  local deadline=$((SECONDS + 60))
  until answers "$1"; do
    if ((SECONDS > deadline)); then
      tail -n 25 "$PLACE/$1/dockerd.log" >&2
      unavailable "the engine of $1 does not answer: see the lines above"
    fi
    sleep 0.3
  done
}

# Its plug first: else the kernel would take leave of everybody in the name of those that it ends.
kill_node() {
  is_alive "$1" || return 0
  ip -n "$PREFIX-switch" link set "$1" down
  local pid
  pid=$(<"$PLACE/$1/pid")
  # Its namespaces are gone when the one outside has seen the first process end.
  kill -9 "$(pgrep -P "$pid")"
  while [[ -d /proc/$pid ]] && is_alive "$1"; do sleep 0.1; done
}

# ---- images -------------------------------------------------------------------------------------------------------

our_images() { docker images --no-trunc --filter reference='localhost/cdk8s-ha/*' --format '{{.Repository}}:{{.Tag}} {{.ID}}' | sort; }

# Layers never change, so that all nodes share one copy of them on this disk: the first gets them, the others get links.
give_images() { # node
  [[ ! -d $PLACE/$1/data/image ]] || return 0
  local images
  images=$(our_images)
  if [[ $images != "$(cat "$IMAGES/list" 2>/dev/null)" ]]; then
    say 'copying images'
    rm -rf "$IMAGES"
    start_node "$1"
    # shellcheck disable=SC2046 # one word for each image
    docker save $(cut -d' ' -f1 <<<"$images") | on "$1" load --quiet >/dev/null
    kill_node "$1"
    mkdir -p "$IMAGES"
    cp -al "$PLACE/$1/data/image" "$PLACE/$1/data/overlay2" "$IMAGES/"
    printf '%s\n' "$images" >"$IMAGES/list"
  else
    mkdir -p "$PLACE/$1/data"
    cp -al "$IMAGES/image" "$IMAGES/overlay2" "$PLACE/$1/data/"
  fi
}

# ---- the swarm ----------------------------------------------------------------------------------------------------

join() { # node
  [[ $(state "$1") == inactive ]] || return 0
  if [[ $1 == node-1 ]]; then
    on "$1" swarm init --advertise-addr "$(address "$1")" >/dev/null
    return
  fi
  local role=worker
  ((${1#node-} > 3)) || role=manager
  on "$1" swarm join --token "$(on node-1 swarm join-token --quiet "$role")" "$(address node-1)" >/dev/null
}

label() { # node
  local labels=(--label-add "zone=zone-${1#node-}")
  [[ $1 != "$DATABASE_NODE" ]] || labels+=(--label-add db=true)
  on node-1 node update "${labels[@]}" "$1" >/dev/null
}

all_ready() { [[ $(on node-1 node ls --format '{{.Status}}' 2>/dev/null | grep -cx Ready) -ge $nodes ]]; }

check() {
  [[ $(id -u) == 0 ]] || unavailable 'a swarm of several nodes needs root, for namespaces'
  local program
  for program in docker dockerd docker-init ip nsenter unshare; do
    command -v "$program" >/dev/null || unavailable "a swarm of several nodes needs $program"
  done
  [[ $(docker images --quiet --filter reference='localhost/cdk8s-ha/*' 2>/dev/null) ]] ||
    unavailable 'this machine has no engine, or no test images: run start-engine.sh and build-images.sh'
  unshare --net --mount --uts --ipc --pid --fork --mount-proc bash -c 'ip link add name probe type vxlan id 1 dstport 4789 && ip link add type veth && ip link add type bridge' 2>/dev/null ||
    unavailable 'this machine gives no namespaces of its own, or none with networks between nodes (vxlan, veth, bridge)'
}

start() {
  check
  take_lock swarm
  mkdir -p "$PLACE"
  printf '{}\n' >"$PLACE/daemon.json"
  quietly "$PLACE/network.log" make_switch
  local i
  for ((i = 1; i <= nodes; i++)); do
    quietly "$PLACE/network.log" make_link "node-$i"
    give_images "node-$i"
    start_node "node-$i"
  done
  for ((i = 1; i <= nodes; i++)); do join "node-$i"; done
  for ((i = 1; i <= nodes; i++)); do label "node-$i"; done
  local deadline=$((SECONDS + 60))
  until all_ready; do
    ((SECONDS <= deadline)) || unavailable "not all $nodes nodes are ready: $(on node-1 node ls 2>&1)"
    sleep 0.5
  done
  for ((i = 1; i <= nodes; i++)); do say "node-$i $(socket "node-$i") $(address "node-$i")"; done
}

stop() {
  take_lock swarm
  local name cgroup
  for name in "$PLACE"/node-*; do [[ ! -d $name ]] || kill_node "${name##*/}"; done
  for name in $(ip netns list | grep -o "^$PREFIX-[a-z0-9-]*" || true); do ip netns del "$name"; done
  for cgroup in /sys/fs/cgroup/*/"$PREFIX" /sys/fs/cgroup/"$PREFIX"; do [[ ! -d $cgroup ]] || find "$cgroup" -depth -type d -exec rmdir {} +; done
  rm -rf "$PLACE"
}

case $verb in
  start) start ;;
  check) check ;;
  kill) kill_node "$victim" ;;
  stop) stop ;;
esac
