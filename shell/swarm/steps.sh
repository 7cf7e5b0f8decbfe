# ---- steps of a release -----------------------------------------------------------------------------------------

# Steps of the release that have not ended well yet.
steps_left() { plan step | while read -r left_step _; do [ -e "$release/steps/$left_step" ] || echo "$left_step"; done; }

# Whether a step is at work, as far as anybody knows. Of one on a lost node Swarm still says that it runs, but no longer that
# it is to.
is_at_work() { # service
  work_tasks=$(docker service ps --format '{{.DesiredState}} {{.CurrentState}}' "$1" 2>/dev/null) || { ! is_gone "$1"; return; }
  lines "$work_tasks" | grep -v '^Shutdown' | grep -q -e '^[^ ]* Running' -e '^[^ ]* Starting'
}

# Steps of releases before, whose deployment was given up while they ran: a migration must not be cut off in the middle, and
# two must not be at work at once.
end_steps() {
  end_release=$(cat "$home/stepping" 2>/dev/null || true)
  [ "$end_release" != "$number" ] || return 0
  for end_step in $({ plan step; [ -z "$end_release" ] || sed -n 's/^step //p' "$releases/$end_release/deploy.plan" 2>/dev/null; } | cut -d' ' -f1 | sort -u); do
    end_said=''
    while is_at_work "${project}_$end_step"; do
      [ -n "$end_said" ] || say "$end_step: that of a release before still runs, waiting for its end. To give it up: docker service rm ${project}_$end_step"
      end_said=1
      sleep 1
    done
  done
  rm -f "$home/stepping"
}

# Steps of another release have the same names: from here on those that are there are of this one.
begin_steps() {
  [ "$(cat "$home/stepping" 2>/dev/null || true)" != "$number" ] || return 0
  for begin_step in $(plan step | cut -d' ' -f1); do
    is_gone "${project}_$begin_step" || docker service rm "${project}_$begin_step" >/dev/null || return 1
  done
  printf '%s\n' "$number" >"$home/stepping"
}

start_step() { # step
  if is_gone "${project}_$1"; then
    say "$1: running"
    only "$release/before.yml" "$1" >"$release/.before.yml"
    stack .before.yml
  else
    say "$1: it was started before, waiting for its end"
  fi
}

still=10 # seconds

# Whether a step has found no node, or no image, for as long as an update may take. One that runs may take its time.
waits_in_vain() { # state
  case $1 in Running*) return 1 ;; esac
  [ "$(date +%s)" -ge "$step_until" ]
}

# Release steps run to their end once a release, one after the other, before the new copies.
run_steps() {
  begin_steps || return 1
  plan step >"$home/steps"
  while read -r step_name step_options <&3; do
    [ ! -e "$release/steps/$step_name" ] || continue
    step_service=${project}_$step_name
    start_step "$step_name" || return 1
    step_until=$(($(date +%s) + $(plan wait))) step_still=0
    while :; do
      step_states=$(docker service ps --format '{{.CurrentState}}' "$step_service" 2>/dev/null) || {
        # While the swarm picks another leader nobody knows.
        if is_gone "$step_service"; then say "$step_name: failed: somebody has removed it"; rm -f "$home/stepping"; return 1; fi
        sleep 1
        continue
      }
      step_state=$(lines "$step_states" | head -n 1)
      # Swarm tries again a second after a failure; when it does no more, that was the last one.
      case $step_state in
        Complete*) break ;;
        Failed*) step_still=$((step_still + 1)); [ "$(lines "$step_states" | wc -l)" -le "$(option attempts $step_options)" ] || step_still=$still ;;
        Rejected*) step_still=$still ;;
        *) step_still=0 ;;
      esac
      if [ "$step_still" -ge "$still" ] || waits_in_vain "$step_state"; then
        say "$step_name: failed"
        docker service ps --no-trunc --format '    {{.CurrentState}} {{.Error}}' "$step_service" | head -n 3 >&2
        docker service logs --raw --tail 12 "$step_service" 2>&1 | sed 's/^/    log: /' >&2
        rm -f "$home/stepping"
        return 1
      fi
      sleep 1
    done
    : >"$release/steps/$step_name"
    say "$step_name: done"
  done 3<"$home/steps"
}
