#!/bin/sh
# Deploys this project with Docker Compose. New copies of a service stand beside the old ones and are healthy
# before those go, so that no request is lost.
#
#   deploy.sh [deploy]              deploys what lies beside this script
#   deploy.sh rollback [RELEASE]    the release before, or the one named: images, configuration and routes
#   deploy.sh status                what runs, and which release
#   deploy.sh history               all releases, and what came of them
#   deploy.sh logs [SERVICE]        follows the logs
#   deploy.sh secrets               which values are there and which are missing
#   deploy.sh secrets set NAME [--generate]
#                                   takes a value from standard input, or makes up one
#   deploy.sh gc                    removes files of old releases (each deployment does)
#   deploy.sh down                  stops everything; data and secrets stay
#   deploy.sh help                  this text
#
# It may be interrupted anywhere, even by KILL, and run again. It needs docker with Compose and nothing else.
# Nothing runs from the folder of this script, since the next synth replaces it: releases, configuration and
# secrets are kept below CDK8S_HA_HOME (/var/lib/cdk8s-ha, or .local/share/cdk8s-ha of a user who may not write
# there). A file .env in that folder's PROJECT gives variables; see .env.example. COMPOSE_PROJECT_NAME deploys
# under another name. What differs between projects stands in deploy.plan; this script is the same for all.
set -eu

# Whatever the caller, or .env, wants of Compose elsewhere: what a release does not have goes last, and by this script.
export COMPOSE_REMOVE_ORPHANS=false COMPOSE_COMPATIBILITY=false

main=compose.yml
home_suffix=
shared_driver=bridge shared_dot=.

#include deploy-common.sh

# ---- Compose --------------------------------------------------------------------------------------------------

dc() {
  docker compose --project-name "$project" --project-directory "$home" --env-file "$release/.env" \
    -f "$release/.ordered.yml" -f "$release/.kernel.yml" --profile rollout "$@"
}

# What Compose reads in the release. Why it refuses one it says itself.
config() { dc config "$@" || die "Compose refuses release $number, as it says above; nothing was changed. Variables for it stand in $home/.env"; }

# The plan orders starts. What stands there of the order makes a service look changed: it counts in the hash that
# "config --hash" gives, and not in the one that "up --no-deps" takes (Compose 2.26).
without_order() { awk '/^    depends_on:$/ { skip = 1; next } skip && /^      / { next } { skip = 0; print }' "$1"; }

# ---- before anything is touched -------------------------------------------------------------------------------

check_engine() {
  check_docker
  check_wanted=$(plan compose)
  check_found=$(docker compose version --short 2>/dev/null) ||
    die "docker has no Compose: $check_wanted or later is needed, see https://docs.docker.com/compose/install/"
  at_least "$check_found" "$check_wanted" ||
    die "Compose $check_found is too old: $check_wanted or later is needed, see https://docs.docker.com/compose/install/"
}

missing_secrets() {
  plan secret | while read -r missing_name missing_options; do
    missing_file=$home/secrets/$(option file $missing_options)
    [ -e "$missing_file" ] || echo "$missing_name"
  done
}

# A stack of this name has its volumes under the same names: two databases would write to one disk. A task that waits
# runs nowhere yet, and a manager knows of it.
check_alone() {
  [ -z "$(ask ps -q --filter "label=com.docker.stack.namespace=$project")" ] &&
    [ -z "$(docker service ls -q --filter "label=com.docker.stack.namespace=$project" 2>/dev/null)" ] ||
    die "the Swarm stack $project runs on this host, and its data must not be opened twice. Nothing was changed. Stop it first: its deploy.sh down"
}

# What runs was deployed from this home, or by plain "docker compose up", which is replaced.
check_home() {
  docker ps --filter "label=com.docker.compose.project=$project" \
    --format '{{.Label "com.docker.compose.project.config_files"}} {{.Label "com.docker.compose.project.working_dir"}}' |
    sed -n 's/^.*\/\.kernel\.yml //p' | sort -u | while read -r home_other; do
      is_gone "$home_other" || [ "$(cd "$home_other" 2>/dev/null && pwd -P)" = "$(cd "$home" && pwd -P)" ] ||
        die "$project runs from $home_other, and its secrets and releases are not in $home. Nothing was changed. Run this as the user who deployed it, with CDK8S_HA_HOME=$(dirname "$home_other"), or stop it first: $home_other/deploy.sh down"
    done || exit 1
}

# Of a folder below one that is closed to this user nobody knows.
is_gone() { # folder
  [ ! -e "$1" ] || return 1
  gone_above=$(dirname "$1")
  while [ ! -e "$gone_above" ]; do gone_above=$(dirname "$gone_above"); done
  [ -x "$gone_above" ]
}

# An image that is not here yet is fetched before the first copy is touched.
pull_images() {
  pull_wanted=$(config --images) || exit 1
  lines "$pull_wanted" | sort -u | while read -r pull_image; do
    docker image inspect "$pull_image" >/dev/null 2>&1 && continue
    say "fetching $pull_image"
    docker pull -q "$pull_image" >/dev/null || die "cannot fetch $pull_image; nothing was changed"
  done
}

# Names of shared networks hang on those of other projects, which variables may give.
make_networks() {
  plan network >"$release/.network-plan"
  : >"$release/.networks"
  [ -s "$release/.network-plan" ] || return 0
  make_config=$(config) || exit 1
  lines "$make_config" | awk '/^[^ ]/ { section = $1 } section != "networks:" { next } /^  [^ ]/ { key = $1 } /^    name: / { sub(/:$/, "", key); print key, $2 }' >"$release/.networks"
  while read -r make_key make_options <&4; do
    # shellcheck disable=SC2086 # options are words
    make_network "$(network_name "$make_key")" $make_options
  done 4<"$release/.network-plan"
}

network_name() { awk -v key="$1" '$1 == key { print $2 }' "$release/.networks"; }

# Shared networks that no project has any more but for those of this release. A container that is stopped has them too:
# without its networks it would not start again.
leave_networks() { # networks that stay, one a line
  shared_networks | while read -r leave_name; do
    has_line "$1" "$leave_name" || [ -n "$(docker ps -aq --filter "network=$leave_name")" ] || docker network rm "$leave_name" >/dev/null 2>&1 || true
  done
}

# Settings of the kernel, where this host's has them: an unknown one keeps a container from starting.
kernel_settings() {
  kernel_version=$(docker info -f '{{.KernelVersion}}')
  kernel_before=
  kernel_lines=$(plan sysctl | while read -r kernel_service kernel_options; do
    at_least "$kernel_version" "$(option kernel $kernel_options)" || continue
    [ "$kernel_service" = "$kernel_before" ] || printf '  %s:\n    sysctls:\n' "$kernel_service"
    kernel_before=$kernel_service
    printf '      %s: "%s"\n' "$(option name $kernel_options)" "$(option value $kernel_options)"
  done)
  # Compose refuses a file with services that has none.
  if [ -n "$kernel_lines" ]; then printf 'services:\n%s\n' "$kernel_lines"; else echo 'services: {}'; fi
}

# Files of workloads are named by their content and never change, so that old copies keep theirs.
lay_files() {
  lay_balancers=$(plan balancer | while read -r lay_name _; do printf ' %s ' "$lay_name"; done)
  (cd "$release/config" && find . -type f) | while read -r lay_file; do
    case $lay_balancers in *" $(printf '%s' "$lay_file" | cut -d/ -f2) "*) continue ;; esac
    [ -e "$home/config/$lay_file" ] || put "$release/config/$lay_file" "$home/config/$lay_file" || exit 1
  done || die "cannot write to $home/config: is the disk full? Nothing was changed"
}

# ---- copies ---------------------------------------------------------------------------------------------------

# An engine that is started anew does not answer for a while, and then nobody must believe that there is nothing.
ask() {
  ask_until=$(($(date +%s) + patience))
  until ask_answer=$(docker "$@" 2>/dev/null); do
    # This may be a shell within the script.
    [ "$(date +%s)" -lt "$ask_until" ] || { [ "$patience" = 0 ] || say 'docker does not answer any more'; kill -TERM $$; exit 1; }
    sleep 1
  done
  lines "$ask_answer"
}
patience=120 # seconds

ids() { ask ps -aq --filter "label=com.docker.compose.project=$project" --filter "label=com.docker.compose.service=$1" --filter label=com.docker.compose.oneoff=False; }

# One line for each copy: state, health, restarts.
states() {
  states_ids=$(ids "$1")
  # shellcheck disable=SC2046,SC2086 # one word for each copy
  [ -z "$states_ids" ] || inspect_state $states_ids || inspect_state $(ids "$1") || true
}
inspect_state() {
  [ $# -gt 0 ] || return 0
  inspect_found=$(docker inspect -f '{{.State.Status}} {{if .State.Health}}{{.State.Health.Status}}{{else}}none{{end}} {{.RestartCount}}' "$@" 2>/dev/null) && lines "$inspect_found"
}
count_good() { states "$1" | grep -c -e '^running healthy' -e '^running none' || true; }
most_restarts() { states "$1" | sort -k 3 -n | tail -n 1 | cut -d' ' -f 3; }

# Compose's own --wait is not asked: 2.26 sometimes succeeds when its time limit ends.
wait_for() { # service copies seconds
  wait_until=$(($(date +%s) + $3)) wait_before=
  wait_restarts=$(most_restarts "$1")
  while :; do
    wait_good=$(count_good "$1")
    if [ "$wait_good" != "$wait_before" ]; then say "$1: $wait_good of $2 ready"; wait_before=$wait_good; fi
    [ "$wait_good" -lt "$2" ] || return 0
    if [ "$(date +%s)" -ge "$wait_until" ]; then say "$1: not ready after $3 s"; return 1; fi
    wait_now=$(most_restarts "$1")
    if [ "${wait_now:-0}" -ge $((${wait_restarts:-0} + 3)) ]; then say "$1: keeps crashing"; return 1; fi
    sleep 1
  done
}

# A copy without a health check is ready when it runs, and one that crashes runs too, for a moment.
stays_up() { # service copies
  states "$1" | grep -q ' none ' || return 0
  stays_restarts=$(most_restarts "$1")
  sleep "$moment"
  [ "$(count_good "$1")" -ge "$2" ] && [ "$(most_restarts "$1")" = "$stays_restarts" ] || { say "$1: does not stay up"; return 1; }
}
moment=5 # seconds

# Why copies are not ready.
explain() {
  for explain_id in $(ids "$1"); do
    explain_state=$(docker inspect -f '{{.Name}} {{.State.Status}} {{if .State.Health}}{{.State.Health.Status}}{{else}}none{{end}} exit code {{.State.ExitCode}}' "$explain_id") || continue
    case $explain_state in *' running healthy '*) continue ;; esac
    say "${explain_state#/}"
    docker inspect -f '{{if .State.Health}}{{range .State.Health.Log}}{{.Output}}{{"\n"}}{{end}}{{end}}' "$explain_id" | sed '/^$/d' | tail -n 2 | sed 's/^/    health check: /' >&2
    docker logs --tail 8 "$explain_id" 2>&1 | sed 's/^/    log: /' >&2
  done
}

# In a shell of its own, so that what an interruption says is not written to the log.
quiet() { (dc --progress quiet "$@") </dev/null >"$home/compose.log" 2>&1; }

up() {
  quiet up -d --no-deps "$@" || { make_room && quiet up -d --no-deps "$@"; } || {
    sed 's/^/    /' "$home/compose.log" >&2
    return 1
  }
}

# What is declared no more goes first where it has a port of the host that is wanted: two cannot have it. Whether there was any.
make_room() {
  room_port=$(sed -n 's/.*:\([0-9]*\) failed: port is already allocated.*/\1/p' "$home/compose.log" | head -n 1)
  [ -n "$room_port" ] || return 1
  room_made=
  for room_service in $(undeclared); do
    # shellcheck disable=SC2046 # one word for each copy
    room_ports=$(docker inspect -f '{{range .HostConfig.PortBindings}}{{range .}}{{.HostPort}}{{"\n"}}{{end}}{{end}}' $(ids "$room_service") 2>/dev/null) || true
    has_line "$room_ports" "$room_port" || continue
    say "$room_service: removed, since its port $room_port is wanted"
    remove "$room_service"
    room_made=1
  done
  [ -n "$room_made" ]
}

# Whether there are copies, and every one has the declared configuration.
is_configured() {
  configured_ids=$(ids "$1")
  configured_hash=$(dc config --hash "$1" | cut -d' ' -f2)
  # shellcheck disable=SC2086 # one word for each copy
  [ -n "$configured_ids" ] && [ "$(docker inspect -f '{{index .Config.Labels "com.docker.compose.config-hash"}}' $configured_ids | sort -u)" = "$configured_hash" ]
}

# What Compose takes for a configuration does not have the number of copies in it.
has_copies() { [ "$(ids "$1" | grep -c .)" = "$2" ]; }

# Whether every copy has the declared configuration, and the image that its name means today.
is_current() {
  current_hash=$(dc config --hash "$1" | cut -d' ' -f2)
  for current_id in $(ids "$1"); do
    current_state=$(docker inspect -f '{{index .Config.Labels "com.docker.compose.config-hash"}} {{.Image}} {{.Config.Image}}' "$current_id" 2>/dev/null) || return 1
    # shellcheck disable=SC2086 # three words
    set -- "$1" $current_state
    [ "$2" = "$current_hash" ] && [ "$3" = "$(docker image inspect -f '{{.Id}}' "$4" 2>/dev/null)" ] || return 1
  done
}

# Copies beyond a number, which Compose removes first.
surplus() { # service copies
  surplus_ids=$(ids "$1")
  # shellcheck disable=SC2086 # one word for each copy
  [ -z "$surplus_ids" ] || docker inspect -f '{{.Id}} {{index .Config.Labels "com.docker.compose.container-number"}}' $surplus_ids | awk -v copies="$2" '$2 > copies { print $1 }'
}

# Load balancers know copies as PROJECT-SERVICE-1 and so on. A Compose that was killed leaves other numbers, and names
# of its own that begin with a hash; they go only with the containers, and numbers begin anew only when all are gone.
misnamed() { # service copies
  for misnamed_id in $(ids "$1"); do
    misnamed_name=$(docker inspect -f '{{.Name}}' "$misnamed_id" 2>/dev/null) || continue
    misnamed_number=${misnamed_name#"/$project-$1-"}
    case $misnamed_number in '' | *[!0-9]*) return 0 ;; esac
    [ "$misnamed_number" -le "$2" ] || return 0
  done
  return 1
}

# The logs of copies that are about to go, up to their last line: of all or of some.
keep_logs() { # service [ids...]
  # shellcheck disable=SC2046 # one word for each copy
  [ $# -gt 1 ] || set -- "$1" $(ids "$1")
  shift
  for logs_id; do
    logs_name=$(docker inspect -f '{{.Name}}' "$logs_id" 2>/dev/null) || continue
    docker logs --follow --timestamps --tail 10000 "$logs_id" >"$release/logs/${logs_name#/}.$(date +%H%M%S).log" 2>&1 9>&- &
    echo "$! $logs_id" >>"$home/followers" || true
  done
}

# A copy that stays after all is followed no more: that would go on until its end. One that has ended is read to its last line.
end_logs() {
  [ -e "$home/followers" ] || return 0
  while read -r logs_follower logs_id; do
    case $(docker inspect -f '{{.State.Status}}' "$logs_id" 2>/dev/null || true) in
      '' | removing | exited | dead) ;;
      *) kill "$logs_follower" 2>/dev/null || true ;;
    esac
  done <"$home/followers"
  rm -f "$home/followers"
}

# Load balancers that can do so send no more requests to copies that are about to stop: a connection that such a copy has
# not accepted yet would be lost. Without copies all get requests again: a new one may have the address of an old one.
drain() { # service copies...
  drain_service=$1
  shift
  plan "drain $drain_service" >"$release/.drains"
  [ -s "$release/.drains" ] || return 0
  # Of names and addresses a load balancer knows the one or the other.
  drain_copies=
  # shellcheck disable=SC2034 # eval has it
  [ $# = 0 ] || drain_copies=$(docker inspect -f '{{slice .Name 1}} {{range .NetworkSettings.Networks}}{{.IPAddress}} {{.GlobalIPv6Address}} {{end}}' "$@" 2>/dev/null) || true
  [ $# = 0 ] || [ -n "$drain_copies" ] || return 0
  while read -r drain_balancer drain_command <&5; do
    drain_id=$(ids "$drain_balancer")
    [ -n "$drain_id" ] || continue
    eval "docker exec \"\$drain_id\" $drain_command \$drain_copies >/dev/null 2>&1" || [ $# = 0 ] || say "$drain_balancer: cannot keep requests from copies that stop; a few may be lost"
  done 5<"$release/.drains"
  # Requests are on their way for a moment.
  [ $# = 0 ] || sleep 1
}

# After copies have gone. Who may send requests knows their addresses for up to two seconds, and over HTTP/2 HAProxy has
# requests wait at one where nobody is.
drain_no_more() { # service
  [ ! -s "$release/.drains" ] || sleep 2
  drain "$1"
}

# A twin serves in place of its service. A load balancer that asks no copy for its health finds a file that says so, also
# when it starts anew meanwhile.
stand_in() { # service
  stand_told=
  for stand_balancer in $(plan "apart $1"); do
    stand_folder=$home/config/$stand_balancer/stand-ins
    mkdir -p "$stand_folder" && chmod 755 "$stand_folder" && true >"$stand_folder/$1-next" && stand_told=1 ||
      say "$stand_balancer: cannot be told that $1-next serves: is the disk full? Copies that are not ready may get requests"
  done
  # Requests are on their way for a moment.
  [ -z "$stand_told" ] || sleep 1
}

# The service serves again. A load balancer that finds its copies by their name has the addresses of new ones after two seconds.
stand_back() { # service
  [ -n "$(find "$home/config" -path "*/stand-ins/$1-next" 2>/dev/null)" ] || return 0
  sleep 2
  rm -f "$home"/config/*/stand-ins/"$1-next"
}

remove() {
  keep_logs "$1"
  remove_ids=$(ids "$1")
  # shellcheck disable=SC2046 # one word for each copy
  [ -z "$remove_ids" ] || (docker stop $remove_ids && docker rm -f $remove_ids) >/dev/null 2>&1 || docker rm -f $(ids "$1") >/dev/null 2>&1 || true
}

# Copies of a twin go, and no request is on its way to one of them.
retire_twin() { # service
  # shellcheck disable=SC2046 # one word for each copy
  drain "$1" $(ids "$1-next")
  remove "$1-next"
  drain_no_more "$1"
}

# ---- what the plan is made of ---------------------------------------------------------------------------------

# A service that runs to its end: hands over volumes, prepares something.
run_once() { # service for
  if [ -n "$(ids "$2")" ] && is_current "$2"; then return; fi
  quiet run --rm --no-deps -T "$1" || {
    say "$1 failed:"
    tail -n 10 "$home/compose.log" | sed 's/^/    /' >&2
    return 1
  }
}

# Steps of releases before, whose deployment was given up while they ran: two of one service must not be at work at once.
end_steps() { # service name
  for end_id in $(docker ps -aq --filter "label=com.docker.compose.project=$project" --filter "label=com.docker.compose.service=$1" --filter label=com.docker.compose.oneoff=True); do
    end_name=$(docker inspect -f '{{.Name}}' "$end_id" 2>/dev/null) || continue
    # What somebody runs by hand has another name.
    case ${end_name#"/$project-$1-"} in "${2#"$project-$1-"}" | *[!0-9]*) continue ;; esac
    [ "$(docker inspect -f '{{.State.Status}}' "$end_id")" != running ] || say "$1: that of a release before still runs, waiting for its end. To give it up: docker rm -f ${end_name#/}"
    docker wait "$end_id" >/dev/null 2>&1 || true
    docker logs --timestamps "$end_id" >"$release/logs/${end_name#/}.$(date +%H%M%S).log" 2>&1 || true
    docker rm -f "$end_id" >/dev/null 2>&1 || true
  done
}

# What a container ended with, once it has. An engine that is started anew ends the question, and not the container.
exit_code() { # name
  while :; do
    exit_found=$(docker wait "$1" 2>/dev/null) || true
    [ -z "$exit_found" ] || { printf '%s\n' "$exit_found"; return; }
    [ -n "$(ask ps -aq --filter "name=^/?$1\$")" ] || { echo 'unknown: somebody has removed it'; return; }
    sleep 1
  done
}

# A release step runs to its end once a release, whatever happens to this script meanwhile.
run_step() { # service
  step_name=$project-$1-$number
  if [ -e "$release/steps/$1" ]; then
    # It stays where the script was killed right after its end.
    docker rm -f "$step_name" >/dev/null 2>&1 || true
    return 0
  fi
  step_state=$(docker inspect -f '{{.State.Status}}' "$step_name" 2>/dev/null) || step_state=none
  # One that was created and did not start counts as ended, with exit code 0, for "docker wait".
  [ "$step_state" != created ] || docker rm -f "$step_name" >/dev/null
  if [ "$step_state" = none ] || [ "$step_state" = created ]; then
    end_steps "$1" "$step_name"
    say "$1: running"
    quiet run -d --no-deps --name "$step_name" "$1" || { sed 's/^/    /' "$home/compose.log" >&2; return 1; }
  else
    say "$1: it was started before, waiting for its end"
  fi
  step_code=$(exit_code "$step_name")
  docker logs --timestamps "$step_name" >"$release/logs/$step_name.$(date +%H%M%S).log" 2>&1 || true
  if [ "$step_code" != 0 ]; then
    say "$1: failed with exit code $step_code"
    docker logs --tail 12 "$step_name" 2>&1 | sed 's/^/    log: /' >&2
    docker rm -f "$step_name" >/dev/null
    return 1
  fi
  : >"$release/steps/$1"
  docker rm -f "$step_name" >/dev/null
  say "$1: done"
}

# A service whose copies cannot stand beside new ones: it is down from its stop until the new copy is ready.
replace() { # service copies seconds
  replace_new=
  if [ -z "$(ids "$1")" ]; then
    replace_new=1
    say "$1: first start"
  elif ! is_current "$1"; then
    replace_new=1
    say "$1: replacing, it is down meanwhile"
    replacing=$1
    keep_logs "$1"
  fi
  up "$1" && wait_for "$1" "$2" "$3" && { [ -z "$replace_new" ] || stays_up "$1" "$2"; } || { explain "$1"; return 1; }
  replacing=
}

# A service rolls by its twin: first all new copies stand in SERVICE-next, then SERVICE is replaced while they serve,
# then they go. At each moment one of the two is complete, and a file tells which one: SERVICE, unless it exists.
roll() { # service copies seconds settle memory
  roll_marker=$home/rolling/$1
  if [ -e "$roll_marker" ] && [ -n "$(ids "$1-next")" ] && ! is_better_off "$1" "$2"; then
    say "$1: an update was interrupted, $1-next serves: going on"
  else
    rm -f "$roll_marker"
    stand_back "$1"
    # What an interrupted run has left; it may have left copies without requests as well.
    if [ -n "$(ids "$1-next")" ]; then retire_twin "$1"; else drain "$1"; fi
    if [ -z "$(ids "$1")" ]; then
      say "$1: first start"
      up "$1" && wait_for "$1" "$2" "$3" && stays_up "$1" "$2" || { explain "$1"; return 1; }
      return
    fi
    if is_current "$1"; then
      roll_surplus=$(surplus "$1" "$2")
      # shellcheck disable=SC2086 # one word for each copy
      if [ -n "$roll_surplus" ]; then
        keep_logs "$1" $roll_surplus
        drain "$1" $roll_surplus
      fi
      up --no-recreate "$1" && wait_for "$1" "$2" "$3" || { drain "$1"; explain "$1"; return 1; }
      # A load balancer that has a place for each copy would ask for those that are gone: it gets its new configuration first.
      [ -z "$roll_surplus" ] || drained="$drained $1"
      misnamed "$1" "$2" || return 0
    fi
    say "$1: $2 new copies beside the old ones until they have replaced them, with $(($2 * ${5:-0})) MiB more, and more connections to what it calls"
    phase="$1"
    if ! { up "$1-next" && wait_for "$1-next" "$2" "$3" && stays_up "$1-next" "$2"; }; then
      explain "$1-next"
      retire_twin "$1"
      phase=
      say "$1: the new version did not get ready; the old copies keep serving"
      return 1
    fi
    sleep "$4"
    true >"$roll_marker" || { retire_twin "$1"; phase=; say "cannot write to $home: is the disk full?"; return 1; }
    phase=
  fi
  say "$1: replacing the old copies, $1-next serves"
  stand_in "$1"
  # shellcheck disable=SC2046 # one word for each copy
  drain "$1" $(ids "$1")
  if misnamed "$1" "$2"; then remove "$1"; else keep_logs "$1"; fi
  up "$1" && wait_for "$1" "$2" "$3" || {
    drain "$1"
    explain "$1"
    say "$1: the new copies did not get ready a second time; $1-next keeps serving"
    return 1
  }
  drain "$1"
  stand_back "$1"
  sleep "$4"
  rm -f "$roll_marker"
  retire_twin "$1"
  say "$1: updated"
}

# Whether a service is complete, and its twin, which is to serve in its place, no longer.
is_better_off() { # service copies
  [ "$(count_good "$1")" -ge "$2" ] && [ "$(count_good "$1-next")" -lt "$2" ]
}

# The load balancer gets its new configuration while it runs, and joins new links. It is created anew only when
# something else of it changed. A file tells what runs: container, body, and whether it has loaded what lies there.
feed() { # service seconds settle body networks reload...
  feed_service=$1 feed_seconds=$2 feed_settle=$3 feed_body=$4 feed_networks=$5
  shift 5
  feed_id=$(ids "$feed_service") feed_state=$home/balancers/$feed_service feed_known='' feed_loaded=''
  case $(cat "$feed_state" 2>/dev/null || true) in
    "$feed_id $feed_body loaded") feed_known=1 feed_loaded=1 ;;
    "$feed_id $feed_body") feed_known=1 ;;
  esac
  lies_there "$release/config/$feed_service" "$home/config/$feed_service" || feed_loaded=
  [ -z "$feed_known" ] || [ -n "$feed_loaded" ] || printf '%s\n' "$feed_id $feed_body" >"$feed_state"
  (cd "$release/config/$feed_service" && find . -type f) | while read -r feed_part; do
    put "$release/config/$feed_service/$feed_part" "$home/config/$feed_service/$feed_part" || exit 1
  done || { say "cannot write to $home/config: is the disk full? $feed_service still has its configuration"; return 1; }
  if [ -z "$feed_known" ]; then
    if [ -z "$feed_id" ]; then
      say "$feed_service: first start"
    elif ! is_current "$feed_service"; then
      say "$feed_service: created anew, requests are lost for a moment"
      keep_logs "$feed_service"
    fi
    up "$feed_service" && wait_for "$feed_service" 1 "$feed_seconds" || { explain "$feed_service"; return 1; }
    feed_new=$(ids "$feed_service")
    if [ "$feed_new" != "$feed_id" ]; then printf '%s\n' "$feed_new $feed_body loaded" >"$feed_state"; return; fi
    # It ran before, with a configuration that nobody knows: a run was interrupted, or somebody has created it by hand.
    printf '%s\n' "$feed_id $feed_body" >"$feed_state"
  fi
  [ "$(docker inspect -f '{{.State.Status}}' "$feed_id")" = running ] ||
    { up --no-recreate "$feed_service" && wait_for "$feed_service" 1 "$feed_seconds"; } || { explain "$feed_service"; return 1; }
  feed_wanted=$(for feed_network in $(printf '%s' "$feed_networks" | tr ',' ' '); do
    feed_key=${feed_network%%:*}
    case $feed_key in =*) feed_name=$(network_name "${feed_key#=}") ;; *) feed_name=${project}_$feed_key ;; esac
    printf '%s\n' "$feed_name${feed_network#"$feed_key"}"
  done)
  feed_joined=$(docker inspect -f '{{range $name, $_ := .NetworkSettings.Networks}}{{$name}}{{"\n"}}{{end}}' "$feed_id")
  for feed_names in $feed_wanted; do
    feed_network=${feed_names%%:*}
    # shellcheck disable=SC2046 # names are words
    has_line "$feed_joined" "$feed_network" || join "$feed_service" "$feed_id" $(printf '%s' "$feed_names" | tr ':' ' ') ||
      { say "$feed_service: cannot join $feed_network"; return 1; }
  done
  if [ -z "$feed_loaded" ]; then
    feed_answer=$(docker exec "$feed_id" "$@" 2>&1) || {
      say "$feed_service: refused its new configuration:"
      printf '%s\n' "$feed_answer" | tail -n 5 | sed 's/^/    /' >&2
      return 1
    }
    say "$feed_service: configuration loaded"
    printf '%s\n' "$feed_id $feed_body loaded" >"$feed_state"
    sleep "$feed_settle"
  fi
  for feed_network in $(lines "$feed_joined"); do
    has_line "$(lines "$feed_wanted" | cut -d: -f1)" "$feed_network" || docker network disconnect "$feed_network" "$feed_id" || true
  done
}

# A container joins a network, under the names that stand after the network's. The one of a link to a service that comes
# later is not there yet: Compose makes it.
join() { # service id network aliases...
  join_service=$1 join_id=$2 join_network=$3
  shift 3
  docker network inspect -f '{{.Name}}' "$join_network" >/dev/null 2>&1 || up --no-recreate "$join_service" || return 1
  for join_alias; do set -- "$@" --alias "$join_alias"; shift; done
  docker network connect --alias "$join_service" "$@" "$join_network" "$join_id"
}

# Whether the files of a folder lie in another one as they are.
lies_there() { # folder other
  for there_file in $(cd "$1" && find . -type f); do cmp -s "$1/$there_file" "$2/$there_file" || return 1; done
}

# Services that have copies and are not part of the release.
undeclared() {
  undeclared_but=$(dc config --services) || return 1
  docker ps -a --filter "label=com.docker.compose.project=$project" --filter label=com.docker.compose.oneoff=False --format '{{.Label "com.docker.compose.service"}}' | sort -u | while read -r undeclared_service; do
    has_line "$undeclared_but" "$undeclared_service" || echo "$undeclared_service"
  done
}

# What ran before and is declared no more. No update is under way then.
sweep() {
  rm -f "$home"/rolling/* "$home"/config/*/stand-ins/*
  undeclared | while read -r sweep_service; do say "$sweep_service: removed"; remove "$sweep_service"; done
  leave_networks "$(cut -d' ' -f2 "$release/.networks")"
  # A container that is about to be started again has its networks, and does not start without one of them.
  for sweep_network in $(docker network ls --filter "label=com.docker.compose.project=$project" --format '{{.Name}}'); do
    [ -n "$(ask ps -aq --filter "network=$sweep_network")" ] || docker network rm "$sweep_network" >/dev/null 2>&1 || true
  done
}

# Volumes of the release that are there.
volumes() {
  volumes_there=$(docker volume ls -q)
  plan volume | sort | while read -r volumes_name; do
    case $volumes_name in =*) volumes_name=${volumes_name#=} ;; *) volumes_name=${project}_$volumes_name ;; esac
    ! has_line "$volumes_there" "$volumes_name" || echo "$volumes_name"
  done
}

# A volume that a container holds is not removed: neither by "docker compose down -v" nor by pruning volumes. To prune
# containers removes that one.
guard_volumes() {
  guard_wanted=$(volumes)
  [ -n "$guard_wanted" ] || return 0
  [ "$(docker inspect -f '{{index .Config.Labels "cdk8s-ha.volumes"}}' "$project-volumes-guard" 2>/dev/null || true)" != "$(guard_label "$guard_wanted")" ] || return 0
  docker rm -f "$project-volumes-guard" >/dev/null 2>&1 || true
  guard_words=$(guard_command "$guard_wanted")
  $guard_words >/dev/null
}

hold_volumes() { guard_volumes || say "cannot make $project-volumes-guard, which holds the volumes: take care that nothing removes them"; }

guard_label() { lines "$1" | tr '\n' ','; }

guard_command() { # volumes
  printf 'docker create --name %s --label cdk8s-ha.volumes=%s --network none --entrypoint guard' "$project-volumes-guard" "$(guard_label "$1")"
  for guard_volume in $1; do printf ' -v %s:/volumes/%s:ro' "$guard_volume" "$guard_volume"; done
  printf ' %s\n' "$(dc config --images | sort | head -n 1)"
}

# ---- a deployment ---------------------------------------------------------------------------------------------

run_line() { # verb name options...
  line_verb=$1 line_name=$2
  shift 2
  case $line_verb in
    once) run_once "$line_name" "$(option for "$@")" ;;
    step) run_step "$line_name" ;;
    single) replace "$line_name" "$(option copies "$@")" "$(option wait "$@")" ;;
    rolling) roll "$line_name" "$(option copies "$@")" "$(option wait "$@")" "$(option settle "$@")" "$(option memory "$@")" ;;
    balancer)
      # It reads names of other projects when it is created.
      # shellcheck disable=SC2034 # eval has it
      line_projects=$(sed -n 's/^COMPOSE_PROJECT_NAME_/,/p' "$release/.env" | sort | tr -d '\n ')
      eval "set -- \"\$line_name\" \"\$(option wait \"\$@\")\" \"\$(option settle \"\$@\")\" \"\$(option body \"\$@\")\$line_projects\" \"\$(option networks \"\$@\")\" $(plan "reload $line_name")"
      feed "$@"
      ;;
  esac
}

run_plan() {
  while read -r plan_verb plan_name plan_options <&3; do
    case $plan_verb in '' | '#'*) continue ;; esac
    run_line "$plan_verb" "$plan_name" $plan_options || return 1
  done 3<"$release/deploy.plan"
}

# What got the new version, in this run or in one that was killed, goes back to the version before.
restore() {
  restore_to=$(current) restore_stays=''
  [ "$restore_to" != "$number" ] || return 0
  if [ -z "$restore_to" ]; then
    say 'there is no release before, to which anything could go back: what was started stays as it is'
    return 0
  fi
  restore_from=$number restore_failed='' restore_owner=''
  release=$releases/$restore_to number=$restore_to
  restore_sharers=$(sharers)
  restore_order >"$home/restore.plan"
  while read -r restore_verb restore_service restore_options <&4; do
    if [ ! -e "$home/rolling/$restore_service" ] && is_configured "$restore_service" && has_copies "$restore_service" "$(option copies $restore_options)"; then
      [ -n "$restore_owner" ] && has_line "$restore_sharers" "$restore_service" || continue
    fi
    bring_back "$restore_verb" "$restore_service" $restore_options && restore_owner=1 || restore_failed=1
  done 4<"$home/restore.plan"
  rm -f "$home/restore.plan"
  plan balancer | while read -r restore_service restore_options; do run_line balancer "$restore_service" $restore_options || exit 1; done || restore_failed=1
  number=$restore_from
  [ -z "$restore_failed" ] || return 1
  remove_added
}

# The last one first, since that is the one that failed. Who has the network of another service comes after that one.
restore_order() {
  sed -n -e '/^rolling /p' -e '/^single /p' "$release/deploy.plan" | sed '1!G;h;$!d' |
    awk -v sharers=" $(printf '%s' "$restore_sharers" | tr '\n' ' ') " 'index(sharers, " " $2 " ") { later = later $0 "\n"; next } { print } END { printf "%s", later }'
}
sharers() { awk '/^  [^ ]/ { name = $1; gsub(/[":]/, "", name) } /^    network_mode: .*service:/ { print name }' "$release/.ordered.yml"; }

# A service that keeps data stays with the new version while that works: it may have written what the version before
# cannot read, or be about to. One that has ended by itself leaves its data as it is, which the version before reads or refuses.
bring_back() { # verb service options...
  back_verb=$1 back_service=$2
  shift 2
  if [ "$(option data "$@")" = yes ] && [ "$(count_good "$back_service")" -ge "$(option copies "$@")" ]; then
    say "$back_service: stays with release $restore_from, since it is ready and keeps data"
    restore_stays=$back_service
    return
  fi
  if [ "$(option data "$@")" = yes ] && is_at_work "$back_service"; then
    say "$back_service: left with release $restore_from, which still runs and may be at work on its data. To go back all the same: $0 rollback $number"
    return 1
  fi
  say "$back_service: back to release $number"
  run_line "$back_verb" "$back_service" "$@" || { say "$back_service: does not get ready with release $number either"; return 1; }
}

# Whether all copies run and none has ended by itself.
is_at_work() {
  work_states=$(states "$1")
  [ -n "$work_states" ] && ! lines "$work_states" | grep -q -v '^running [a-z]* 0$'
}

# What a release that failed has added goes with it, but not in the midst of work on its data, and not while something
# with data stays with that release and may call it.
remove_added() {
  undeclared | while read -r added_service; do
    if [ -n "$restore_stays" ]; then
      say "$added_service: stays with release $restore_from too, since $restore_stays may call it"
    elif grep -q "^single $added_service .*data=yes" "$releases/$restore_from/deploy.plan" && is_at_work "$added_service"; then
      say "$added_service: left as it is, since it may be at work on its data"
    else
      say "$added_service: removed"
      remove "$added_service"
    fi
  done
}

interrupted() {
  trap '' INT TERM HUP
  patience=0
  if [ -n "$phase" ]; then retire_twin "$phase" || true; fi
  [ -z "$replacing" ] || say "$replacing: it was being replaced, and may be down"
  say 'interrupted: what served before keeps serving. Run it again to go on'
  exit 130
}

deploy() { # number
  number=$1 release=$releases/$1 phase='' replacing='' drained=''
  trap interrupted INT TERM HUP
  rm -f "$home/followers"
  trap 'end_logs; unlock' EXIT
  without_order "$release/compose.yml" >"$release/.ordered.yml" && kernel_settings >"$release/.kernel.yml" ||
    die "cannot write to $release: is the disk full? Nothing was changed"
  check_alone
  check_home
  check_secrets
  check_certificates
  pull_images
  lay_files
  make_networks
  if [ "$(current)" = "$number" ]; then say "$project: release $number"; else say "$project: release $number${was:+, after }$(current)"; fi
  if run_plan; then
    for deploy_service in $drained; do drain_no_more "$deploy_service"; done
    sweep
    settle_release "$number"
    hold_volumes
    collect
    say "$project: release $number is deployed"
    return
  fi
  deploy_left="see '$0 status'"
  if ! restore; then
    say "not all of it: run '$0 rollback $was', or deploy again"
  elif [ -n "$was" ] && [ "$was" != "$number" ] && [ -z "$restore_stays" ]; then
    deploy_left="release $was keeps serving"
  fi
  note "$number" failed
  say "$project: release $number FAILED; $deploy_left"
  exit 1
}

# Removes old releases, and files that none of the kept ones has.
collect() {
  forget_releases
  (cd "$home/config" && find . -path '*/stand-ins' -prune -o -type f -print) | while read -r collect_file; do
    collect_kept=
    for collect_release in "$releases"/*; do [ ! -e "$collect_release/config/$collect_file" ] || collect_kept=1; done
    [ -n "$collect_kept" ] || rm -f "$home/config/$collect_file"
  done
}

# ---- verbs of Compose ----------------------------------------------------------------------------------------------------

do_status() {
  use_current
  check_engine
  printf '%s: release %s\n\n' "$project" "$(current)"
  printf '%-32s %-8s %-10s %s\n' SERVICE READY RUNNING IMAGE
  dc config --services | sort | while read -r status_service; do
    status_ids=$(ids "$status_service")
    [ -n "$status_ids" ] || continue
    case $(docker inspect -f '{{.State.Status}} {{.HostConfig.RestartPolicy.Name}}' $status_ids | sort -u) in 'exited on-failure') continue ;; esac
    printf '%-32s %-8s %-10s %s\n' "$status_service" "$(count_good "$status_service")" "$(states "$status_service" | grep -c ^running || true)" \
      "$(docker inspect -f '{{.Config.Image}}' $status_ids | sort -u | tr '\n' ' ')"
  done
  for status_marker in "$home/rolling"/*; do
    [ ! -e "$status_marker" ] || printf '\n%s: an update was interrupted. Run %s again\n' "$(basename "$status_marker")" "$0"
  done
  status_volumes=$(volumes)
  [ -z "$status_volumes" ] || docker inspect "$project-volumes-guard" >/dev/null 2>&1 ||
    printf '\nNothing holds the volumes of %s: docker compose down -v would delete their data. To hold them:\n  %s\n' "$project" "$(guard_command "$status_volumes")"
}

do_logs() {
  use_current
  dc logs --follow --tail 100 "$@"
}

set_secret() { # name [--generate]
  read_secret "$@"
  check_value "$1" "$secret_file" || { rm -f "$secret_file"; exit 1; }
  set_place=$home/secrets/$(option file $secret_options)
  # The folder is closed to others, so a value that several users read may be open inside of it.
  set_user=$(option user $secret_options)
  if [ -n "$set_user" ] && chown "$set_user" "$secret_file" 2>/dev/null; then chmod 400 "$secret_file"; else chmod 444 "$secret_file"; fi
  set_before=
  [ ! -e "$set_place" ] || set_before=1
  mv "$secret_file" "$set_place"
  say "$1 is set"
  [ -z "$set_before" ] || say 'copies that run keep the old value until they start anew: change the version of the secret in the definition'
}

do_down() {
  use_current
  check_engine
  lock
  hold_volumes
  dc down --remove-orphans
  leave_networks ''
  rm -f "$home"/rolling/* "$home"/balancers/* "$home"/config/*/stand-ins/*
  say "$project is stopped. Its volumes and secrets stay"
}

run_verb "$@"
