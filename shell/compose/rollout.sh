# ---- services ---------------------------------------------------------------------------------------------------

# A service whose copies cannot stand beside new ones: it is down from its stop until the new copy is ready.
replace() { # service copies seconds
  replace_new='' replace_as_is=''
  ! keeps_data "$1" || end_befores "$1"
  if [ -z "$(ids "$1")" ]; then
    remove_rivals "$1" || return 1
    replace_new=1
    say "$1: first start"
  elif ! is_current "$1" || ! is_prepared "$(befores "$1")"; then
    replace_new=1
    say "$1: replacing, it is down meanwhile"
    replacing=$1
    keep_logs "$1"
    remove_rivals "$1" || return 1
    ! keeps_data "$1" || prepare_data "$1" || return 1
  elif is_left_behind "$1"; then
    replace_as_is=--no-recreate
    for replace_network in $(cut -d' ' -f2 "$release/.followed"); do stays_before "$1" "$replace_network" "$behind_networks" || true; done
  fi
  # shellcheck disable=SC2086 # an option, or none
  up $replace_as_is "$1" && wait_for "$1" "$2" "$3" && { [ -z "$replace_new" ] || stays_up "$1" "$2"; } || { explain "$1"; return 1; }
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
    take_back "$1"
    # What an interrupted run has left; it may have left copies without requests as well.
    if [ -n "$(ids "$1-next")" ]; then retire_twin "$1"; else drain "$1"; fi
    if [ -z "$(ids "$1")" ]; then
      say "$1: first start"
      up "$1" && wait_for "$1" "$2" "$3" && stays_up "$1" "$2" || { explain "$1"; return 1; }
      return
    fi
    if is_current "$1" && ! is_left_behind "$1"; then
      roll_surplus=$(surplus "$1" "$2")
      # shellcheck disable=SC2086 # one word for each copy
      if [ -n "$roll_surplus" ]; then
        keep_logs "$1" $roll_surplus
        drain_for_good "$1" $roll_surplus
      fi
      up --no-recreate "$1" && wait_for "$1" "$2" "$3" || { take_back "$1"; drain "$1"; explain "$1"; return 1; }
      # Load balancers know addresses of copies that are gone for up to two seconds.
      [ -z "$roll_surplus" ] || [ ! -s "$release/.drains" ] || sleep 2
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
  if misnamed "$1" "$2" || is_left_behind "$1"; then remove "$1"; else keep_logs "$1"; fi
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

# Copies of a twin go, and no request is on its way to one of them.
retire_twin() { # service
  # shellcheck disable=SC2046 # one word for each copy
  drain "$1" $(ids "$1-next")
  remove "$1-next"
  drain_no_more "$1"
}
