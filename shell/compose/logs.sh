# ---- logs of copies that go -------------------------------------------------------------------------------------

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
