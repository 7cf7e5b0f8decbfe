# ---- volumes that change hands ----------------------------------------------------------------------------------

# Nodes that may start something: none that is lost, drained or paused.
fit_nodes() { docker node ls --format '{{.ID}} {{.Status}} {{.Availability}}' | sed -n 's/ Ready Active$//p' | tr '\n' ' '; }

# On how many of them volumes are handed over, and how the rest stands: done, failed, running or waiting.
handover_state() { # service
  docker service ps --no-resolve --format '{{.CurrentState}} on {{.Node}}' "$1" 2>/dev/null | awk -v nodes=" $hand_nodes " '
    !index(nodes, " " $NF " ") || seen[$NF]++ { next } # the youngest task of a node comes first
    { all++; count[$1]++ }
    END {
      ended = count["Failed"] + count["Rejected"]
      state = "waiting"
      if (all && count["Complete"] == all) state = "done"
      else if (count["Running"]) state = "running"
      else if (ended && count["Complete"] + ended == all) state = "failed"
      printf "%s %d/%d\n", state, count["Complete"], all
    }'
}

# A task that has ended stays so, whatever became of its node or of its volume: each deployment begins anew.
forget_handovers() { plan handover | while read -r forget_name; do docker service rm "${project}_$forget_name" >/dev/null 2>&1 || true; done; }

# Hands volumes over wherever copies may run, before any copy that must write to them is started.
hand_over() {
  plan handover >"$home/handovers"
  [ -s "$home/handovers" ] || return 0
  forget_handovers
  only "$release/stack.yml" "$(cat "$home/handovers")" >"$release/.handover.yml"
  stack .handover.yml || return 1
  hand_until=$(($(date +%s) + $(plan wait))) hand_said='' hand_steady=0 hand_still=0
  # Tasks are made a moment after they were asked for.
  while [ "$hand_steady" -lt 3 ]; do
    sleep 1
    hand_nodes=$(fit_nodes)
    hand_waiting='' hand_running='' hand_failed=''
    while read -r hand_name <&3; do
      hand_state=$(handover_state "${project}_$hand_name")
      case $hand_state in done*) continue ;; running*) hand_running=1 ;; failed*) hand_failed=1 ;; esac
      hand_waiting="$hand_waiting $hand_name (${hand_state#* })"
    done 3<"$home/handovers"
    if [ -z "$hand_waiting" ]; then hand_steady=$((hand_steady + 1)); continue; fi
    hand_steady=0
    if [ "$hand_waiting" != "$hand_said" ]; then say "waiting for$hand_waiting"; hand_said=$hand_waiting; fi
    # As with steps: Swarm tries again a second after a failure, and what runs may take its time.
    if [ -n "$hand_failed" ]; then hand_still=$((hand_still + 1)); else hand_still=0; fi
    [ "$hand_still" -lt "$still" ] && { [ -n "$hand_running" ] || [ "$(date +%s)" -lt "$hand_until" ]; } && continue
    say "volumes are not handed over:$hand_waiting"
    for hand_name in $(printf '%s' "$hand_waiting" | sed 's/([^)]*)//g'); do
      hand_tasks=$(docker service ps --no-trunc --format '    {{.Node}}: {{.CurrentState}} {{.Error}}' "${project}_$hand_name")
      lines "${hand_tasks:-    no node that may run it is ready and active}" | grep -v ': Complete' | head -n 3 >&2
      docker service logs --raw --tail 12 "${project}_$hand_name" 2>&1 | sed 's/^/    log: /' >&2
    done
    return 1
  done
}
