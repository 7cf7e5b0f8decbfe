# ---- copies -----------------------------------------------------------------------------------------------------

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

# Services that have copies and are not part of the release.
undeclared() {
  undeclared_but=$(dc config --services) || return 1
  ask ps -a --filter "label=com.docker.compose.project=$project" --filter label=com.docker.compose.oneoff=False --format '{{.Label "com.docker.compose.service"}}' | sort -u | while read -r undeclared_service; do
    has_line "$undeclared_but" "$undeclared_service" || echo "$undeclared_service"
  done
}

remove() {
  keep_logs "$1"
  remove_ids=$(ids "$1")
  # shellcheck disable=SC2046 # one word for each copy
  [ -z "$remove_ids" ] || (docker stop $remove_ids && docker rm -f $remove_ids) >/dev/null 2>&1 || docker rm -f $(ids "$1") >/dev/null 2>&1 || true
}
