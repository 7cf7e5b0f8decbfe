# ---- what runs to its end ---------------------------------------------------------------------------------------

# What comes before a service runs to its end: hands over volumes, prepares something.
run_before() { # name service
  if [ -n "$(ids "$2")" ]; then
    # The data that a copy has is prepared when that copy is stopped: see replace.
    ! keeps_data "$2" || return 0
    ! is_current "$2" || ! is_prepared "$1" || return 0
  fi
  end_befores "$2"
  remove_rivals "$2" && run_once "$1"
}

# All that comes before a service.
prepare() { # service
  for prepare_name in $(befores "$1"); do run_before "$prepare_name" "$1" || return 1; done
}

befores() { sed -n "s/^once \([^ ]*\) for=$1\$/\1/p" "$release/deploy.plan"; }

# What came before a service in any release, and runs still since that deployment was killed.
end_befores() { # service
  for end_before in $(sed -n "s/^once \([^ ]*\) for=$1\$/\1/p" "$releases"/*/deploy.plan | sort -u); do end_others "$end_before" ''; done
}

# A file tells the configuration of what ran last: a release that failed may have handed over volumes that the copies of
# another one, which have gone on, write to.
run_once() { # name
  once_name=$project-$1-$number
  mkdir -p "$home/prepared" && echo begun >"$home/prepared/$1" || { say "cannot write to $home: is the disk full?"; return 1; }
  start_step "$1" "$once_name" && end_step "$1" "$once_name" || return 1
  dc config --hash "$1" | cut -d' ' -f2 >"$home/prepared/$1"
  docker rm -f "$once_name" >/dev/null
}

# Whether all of them, where there are any, have run last as they are declared. Without a file it was before there were such files.
is_prepared() { # names
  for prepared_name in $1; do
    [ ! -e "$home/prepared/$prepared_name" ] || [ "$(cat "$home/prepared/$prepared_name")" = "$(dc config --hash "$prepared_name" | cut -d' ' -f2)" ] || return 1
  done
}

# Two programs at once could ruin the data of a service: its copy is stopped before something else prepares it.
prepare_data() { # service
  data_befores=$(befores "$1")
  [ -n "$data_befores" ] || return 0
  # shellcheck disable=SC2046 # one word for each copy
  docker stop $(ids "$1") >/dev/null || { say "$1: cannot be stopped"; return 1; }
  for data_before in $data_befores; do run_once "$data_before" || return 1; done
}

keeps_data() { plan single | grep -q "^$1 .*data=yes"; }

# What ran for a deployment that was killed or given up goes on: two of one service must not be at work at once.
end_others() { # service name
  for end_id in $(ask ps -aq --filter "label=com.docker.compose.project=$project" --filter "label=com.docker.compose.service=$1" --filter label=com.docker.compose.oneoff=True); do
    end_name=$(docker inspect -f '{{.Name}}' "$end_id" 2>/dev/null) || continue
    # What somebody runs by hand has another name.
    case ${end_name#"/$project-$1-"} in "${2#"$project-$1-"}" | *[!0-9]*) continue ;; esac
    [ "$(docker inspect -f '{{.State.Status}}' "$end_id")" != running ] || say "$1: an earlier one still runs, waiting for its end. To give it up: docker rm -f ${end_name#/}"
    exit_code "${end_name#/}" >/dev/null
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

# Its name is how another run of this script finds it.
start_step() { # service name
  quiet run -d --no-deps --name "$2" "$1" || { sed 's/^/    /' "$home/compose.log" >&2; return 1; }
}

# Waits for its end. One that failed goes.
end_step() { # service name
  step_code=$(exit_code "$2")
  docker logs --timestamps "$2" >"$release/logs/$2.$(date +%H%M%S).log" 2>&1 || true
  [ "$step_code" != 0 ] || return 0
  say "$1: failed with exit code $step_code"
  docker logs --tail 12 "$2" 2>&1 | sed 's/^/    log: /' >&2
  docker rm -f "$2" >/dev/null
  return 1
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
    end_others "$1" "$step_name"
    say "$1: running"
    start_step "$1" "$step_name" || return 1
  else
    say "$1: it was started before, waiting for its end"
  fi
  end_step "$1" "$step_name" || return 1
  : >"$release/steps/$1"
  docker rm -f "$step_name" >/dev/null
  say "$1: done"
}
