# ---- networks ---------------------------------------------------------------------------------------------------

make_networks() {
  plan network >"$home/networks"
  while read -r make_wanted make_options <&4; do
    # shellcheck disable=SC2086 # options are words
    make_network "$make_wanted" $make_options
  done 4<"$home/networks"
}

# A network that gets other options is another one, and a service is in the one before until it is updated.
say_followed() {
  awk '/^[^ ]/ { section = $1 } section == "networks:" && /^    name: / { gsub(/[\047"]/, "", $2); print $2 }' "$release/stack.yml" >"$home/networks.wanted"
  docker network ls --filter "label=com.docker.stack.namespace=$project" --format '{{.Name}}' | successions "$home/networks.wanted" | while read -r followed_before followed_name; do
    say "$followed_name takes the place of $followed_before, since its options have changed: between a service that is updated and one that is not yet, calls fail for a while"
  done
}

# Shared networks that no service of any stack has any more, but for those that stay. Tasks of services that are gone
# may take a while to end.
leave_networks() { # networks that stay, one a line
  shared_networks | while read -r leave_name; do
    if has_line "$1" "$leave_name" || is_used "$leave_name"; then continue; fi
    leave_until=$(($(date +%s) + 60))
    until docker network rm "$leave_name" >/dev/null 2>&1 || [ "$(date +%s)" -ge "$leave_until" ]; do sleep 2; done
  done
}

is_used() {
  used_services=$(docker service ls -q)
  [ -n "$used_services" ] || return 1
  used_id=$(docker network inspect -f '{{.ID}}' "$1")
  # shellcheck disable=SC2086 # one word for each service
  docker service inspect -f '{{range .Spec.TaskTemplate.Networks}}{{.Target}} {{end}}' $used_services | grep -qF "$used_id"
}
