# ---- networks that follow others --------------------------------------------------------------------------------

# A network that gets other options is another one, and who is in the one does not reach who is in the other. So all who are in the one
# before join the one that follows it, before anything else is done. Then copies are replaced beside others as ever, and what is left
# leaves the one before at the end. A service that is alone in a network has nobody there to reach, and would only lose its connections
# to the outside: its new copies are in the one that follows. Each line of a file: the network before, the one that follows it, and
# "joined" or "alone".
read_followed() {
  docker network ls --format '{{.Name}}' | successions "$release/.networks" | while read -r followed_before followed_name; do
    followed_users=$(users_of "$followed_before") followed_how=joined
    [ -n "$followed_users" ] || continue
    [ "$(lines "$followed_users" | grep -c .)" -gt 1 ] || [ -n "$(strangers_in "$followed_before")" ] || followed_how=alone
    printf '%s %s %s\n' "$followed_before" "$followed_name" "$followed_how"
  done >"$release/.followed"
  grep ' joined$' "$release/.followed" >"$release/.joined" || true
}

# Projects and services that have a network, a twin as its service. What runs once reaches nobody when it has ended.
users_of() {
  docker ps -a --filter "network=$1" --filter label=com.docker.compose.oneoff=False --format '{{.Label "com.docker.compose.project"}} {{.Label "com.docker.compose.service"}}' | sed 's/-next$//' | sort -u
}

strangers_in() { users_of "$1" | cut -d' ' -f1 | grep -vxF -- "$project" || true; }

# What another project has in it goes over when that one is deployed, and an address that somebody was given is taken meanwhile.
check_followed() {
  while read -r followed_before followed_name _ <&6; do
    [ -z "$(strangers_in "$followed_before")" ] ||
      die "the network $followed_name takes the place of $followed_before, since its options have changed, and who is in the one does not reach who is in the other. Nothing was changed. Stop first what uses it: deploy.sh down of $(users_of "$followed_before" | cut -d' ' -f1 | sort -u | tr '\n' ' ' | sed 's/ $//')"
    for followed_id in $(ask ps -aq --filter "network=$followed_before"); do
      followed_address=$(docker inspect -f "{{with (index .NetworkSettings.Networks \"$followed_before\").IPAMConfig}}{{.IPv4Address}} {{.IPv6Address}}{{end}}" "$followed_id")
      case $followed_address in *[!\ ]*) ;; *) continue ;; esac
      die "the network $followed_name takes the place of $followed_before, since its options have changed, and the address ${followed_address% } would be needed in both. Nothing was changed. Stop it first: deploy.sh down"
    done
  done 6<"$release/.joined"
}

follow() {
  while read -r followed_before followed_name _ <&6; do
    make_successor "$followed_before" "$followed_name" || return 1
    [ -n "$(network_ids "$followed_name")" ] || continue
    say "$followed_name takes the place of $followed_before: who is in the one joins the other"
    followed_joined=$(ask ps -aq --filter "network=$followed_name")
    for followed_id in $(ask ps -aq --filter "network=$followed_before"); do
      has_line "$followed_joined" "$followed_id" || join_successor "$followed_before" "$followed_name" "$followed_id" || return 1
    done
  done 6<"$release/.joined"
}

# Compose makes it with the options of the release, for a service that is in it. Nothing is started, and no copy made.
make_successor() { # before name
  successor_declared=$(dc config --services) || return 1
  for successor_service in $(users_of "$1" | cut -d' ' -f2); do
    [ -z "$(network_ids "$2")" ] || return 0
    has_line "$successor_declared" "$successor_service" || continue
    quiet up --no-start --no-deps --no-recreate --scale "$successor_service=$(ids "$successor_service" | grep -c .)" "$successor_service" || {
      sed 's/^/    /' "$home/compose.log" >&2
      return 1
    }
  done
}

# Under the names that it has in the one before; that which is its identity the engine gives itself.
join_successor() { # before name id
  successor_id=$3 successor_name=$2
  successor_aliases=$(docker inspect -f "{{range (index .NetworkSettings.Networks \"$1\").Aliases}}{{.}} {{end}}" "$3") || return 1
  set --
  for successor_alias in $successor_aliases; do [ "$successor_alias" = "$successor_id" ] || set -- "$@" --alias "$successor_alias"; done
  successor_reason=$(docker network connect "$@" "$successor_name" "$successor_id" 2>&1) || { say "cannot join $successor_name: $successor_reason"; return 1; }
}

# Whether a copy is in a network that another one follows.
is_left_behind() { # service
  [ -s "$release/.followed" ] || return 1
  behind_ids=$(ids "$1")
  [ -n "$behind_ids" ] || return 1
  # shellcheck disable=SC2086 # one word for each copy
  behind_networks=$(networks_of $behind_ids 2>/dev/null) || true
  while read -r behind_before _ <&6; do
    ! has_line "$behind_networks" "$behind_before" || return 0
  done 6<"$release/.followed"
  return 1
}

# Whether one that is in some networks stays in the one before this one, where it is alone. A load balancer's visitors would lose their
# connections, and a service without a twin would be down.
stays_before() { # service network networks
  stays_network=$(awk -v name="$2" '$2 == name && $3 == "alone" { print $1 }' "$release/.followed")
  [ -n "$stays_network" ] && has_line "$3" "$stays_network" || return 1
  say "$1: stays in $stays_network, without the new options, until it is created anew"
}

is_followed() { cut -d' ' -f1 "$release/.followed" | grep -qxF -- "$1"; }

# Who is in both needs the one before no longer.
leave_followed() {
  while read -r followed_before followed_name _ <&6; do
    followed_joined=$(ask ps -aq --filter "network=$followed_name")
    for followed_id in $(ask ps -aq --filter "network=$followed_before"); do
      ! has_line "$followed_joined" "$followed_id" || docker network disconnect "$followed_before" "$followed_id" || true
    done
  done 6<"$release/.followed"
}
