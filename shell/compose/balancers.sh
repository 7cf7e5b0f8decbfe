# ---- load balancers ---------------------------------------------------------------------------------------------

# The load balancer gets its new configuration while it runs, and joins new links. It is created anew only when
# something else of it changed. A file tells what runs: container, body, and whether it has loaded what lies there.
feed() { # service seconds settle body networks reload...
  feed_service=$1 feed_seconds=$2 feed_settle=$3 feed_networks=$5
  feed_body=$4,$(filled_in "$1") || return 1
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
    feed_as_is=
    if [ -z "$feed_id" ]; then
      say "$feed_service: first start"
    elif is_current "$feed_service"; then
      # Of a network that it has not joined yet newer ones of Compose make a new container.
      feed_as_is=--no-recreate
    else
      say "$feed_service: created anew, requests are lost for a moment"
      keep_logs "$feed_service"
    fi
    # shellcheck disable=SC2086 # an option, or none
    up $feed_as_is "$feed_service" && wait_for "$feed_service" 1 "$feed_seconds" || { explain "$feed_service"; return 1; }
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
  feed_joined=$(networks_of "$feed_id")
  for feed_names in $feed_wanted; do
    feed_network=${feed_names%%:*}
    # shellcheck disable=SC2046 # names are words
    has_line "$feed_joined" "$feed_network" || stays_before "$feed_service" "$feed_network" "$feed_joined" || join "$feed_service" "$feed_id" $(printf '%s' "$feed_names" | tr ':' ' ') ||
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
    has_line "$(lines "$feed_wanted" | cut -d: -f1)" "$feed_network" || is_followed "$feed_network" || docker network disconnect "$feed_network" "$feed_id" || true
  done
}

# A sum of what only a new container of a load balancer would have: the image that its name means today, and what variables make of
# its body. It joins networks while it runs, and names of projects at their defaults are in its configuration.
filled_in() { # service
  filled_config=$(dc config) || return 1
  filled_body=$(lines "$filled_config" | awk -v service="$1:" '
    /^[^ ]/ { section = $1 }
    section != "services:" { next }
    /^  [^ ]/ { is_it = $1 == service }
    /^    [^ ]/ { joins = $1 == "networks:" }
    is_it && !joins && $1 !~ /^COMPOSE_PROJECT_NAME_/
  ')
  # shellcheck disable=SC2046 # it has one image
  filled_image=$(docker image inspect -f '{{.Id}}' $(lines "$filled_body" | sed -n 's/^    image: //p') 2>/dev/null) || true
  lines "$filled_body$filled_image" | cksum | cut -d' ' -f1
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

# Load balancers that can do so send no more requests to copies that are about to stop: a connection that such a copy has
# not accepted yet would be lost. Without copies all get requests again, since a new one may have the address of an old one; but not
# the places of copies that are gone for good.
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
  # shellcheck disable=SC2034 # eval has it
  for drain_gone in $drained; do drain_copies="$drain_copies ${drain_gone#*:}"; done
  while read -r drain_balancer drain_command <&5; do
    drain_id=$(ids "$drain_balancer")
    [ -n "$drain_id" ] || continue
    eval "docker exec \"\$drain_id\" $drain_command \$drain_copies >/dev/null 2>&1" || [ $# = 0 ] || say "$drain_balancer: cannot keep requests from copies that stop; a few may be lost"
  done 5<"$release/.drains"
  # Requests are on their way for a moment.
  [ $# = 0 ] || sleep 1
}

# Copies that go for good. A load balancer that has a place for each copy would ask for those that are gone, until it has its new
# configuration at the end of the plan. It takes what it is told last, so that it is told of them each time.
drain_for_good() { # service copies...
  drain "$@"
  good_service=$1
  shift
  for good_copy in $(docker inspect -f '{{.Name}}' "$@" 2>/dev/null); do drained="$drained $good_service:${good_copy#/}"; done
}

# Copies of a service are to get requests, though some were to go for good before.
take_back() { # service
  back_drained=$drained drained=''
  for back_one in $back_drained; do [ "${back_one%%:*}" = "$1" ] || drained="$drained $back_one"; done
}

# Load balancers have forgotten the places of copies that are gone for good.
drain_all_no_more() {
  all_services=$(for all_one in $drained; do echo "${all_one%%:*}"; done | sort -u)
  drained=''
  for all_service in $all_services; do drain_no_more "$all_service"; done
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
