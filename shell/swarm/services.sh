# ---- services ---------------------------------------------------------------------------------------------------

# Whether the swarm says that there is no such service. While it picks another leader it says nothing.
is_gone() { case $(docker service inspect "$1" 2>&1 >/dev/null) in *'no such service'* | *'not found'*) ;; *) return 1 ;; esac; }

# What a service has come to: converged, waiting, or failed with the reason.
state_of() {
  state_update=$(docker service inspect -f '{{if .UpdateStatus}}{{.UpdateStatus.State}}{{end}} {{if .Spec.Mode.Replicated}}{{.Spec.Mode.Replicated.Replicas}}{{end}}' "$1" 2>/dev/null) || { if is_gone "$1"; then echo 'failed is gone'; else echo 'waiting for an answer'; fi; return; }
  state_wanted=${state_update#* } state_update=${state_update%% *}
  case $state_update in
    rollback_completed | rollback_paused | paused) echo "failed $state_update"; return ;;
    updating | rollback_started) echo "waiting $state_update"; return ;;
  esac
  # Of copies on a node that is lost Swarm still says that they run, but no longer that they are to.
  state_tasks=$(docker service ps --no-resolve --filter desired-state=running --format '{{.CurrentState}}' "$1")
  state_running=$(printf '%s\n' "$state_tasks" | grep -c '^Running' || true)
  # Of one that runs on every host: none at all is none that is fit for it.
  [ -n "$state_wanted" ] || state_wanted=$(printf '%s\n' "${state_tasks:-none}" | grep -c .)
  if [ "$state_running" = "$state_wanted" ]; then echo converged; else echo "waiting $state_running/$state_wanted"; fi
}

# Waits until all services of this release have converged; the outcome of an update before this one does not count.
converge() { # file with services, seconds
  converge_until=$(($(date +%s) + $2)) converge_failed='' converge_said='' converge_steady=0
  # An update begins a moment after it was asked for.
  while [ "$converge_steady" -lt 3 ]; do
    sleep 1
    converge_waiting=''
    while read -r converge_name converge_before <&3; do
      converge_state=$(state_of "${project}_$converge_name")
      case $converge_state in
        converged) ;;
        failed*)
          [ "$converge_state" = 'failed is gone' ] || [ "$converge_before" != "$(started_at "${project}_$converge_name")" ] || continue
          has_line "$converge_failed" "$converge_name" || { say "$converge_name: ${converge_state#failed }"; converge_failed="$converge_failed$converge_name
"; } ;;
        *) converge_waiting="$converge_waiting $converge_name (${converge_state#waiting })" ;;
      esac
    done 3<"$1"
    if [ -z "$converge_waiting" ]; then converge_steady=$((converge_steady + 1)); continue; fi
    converge_steady=0
    if [ "$converge_waiting" != "$converge_said" ]; then say "waiting for$converge_waiting"; converge_said=$converge_waiting; fi
    if [ "$(date +%s)" -ge "$converge_until" ]; then
      say "not converged after $2 s:$converge_waiting"
      for converge_name in $(printf '%s' "$converge_waiting" | sed 's/([^)]*)//g'); do explain "$converge_name"; done
      return 1
    fi
  done
  [ -z "$converge_failed" ] || { for converge_name in $converge_failed; do explain "$converge_name"; done; return 1; }
}

# Where something of this stack has not ended: tasks end after their services, and are listed until then.
# Of a host that has left the swarm nobody will ever know.
left_on() { # [removed: only what was removed, on hosts that are ready]
  left_nodes=$(docker node ls --format 'node {{.ID}} {{.Hostname}} {{.Status}}' 2>/dev/null) || { echo 'hosts that nobody knows of at the moment'; return; }
  left_tasks=$(docker stack ps --no-resolve --format '{{.DesiredState}} {{.CurrentState}} on {{.Node}}' "$project" 2>&1) ||
    case $left_tasks in *'othing found in stack'*) return 0 ;; *) echo 'hosts that nobody knows of at the moment'; return ;; esac
  printf '%s\n%s\n' "$left_nodes" "$left_tasks" | awk -v what="${1:-}" '
    $1 == "node" { if (what == "" || $4 == "Ready") host[$2] = $3; next }
    what != "" && $1 != "Remove" { next }
    $NF in host && $2 !~ /^(Complete|Shutdown|Failed|Rejected|Remove|Orphaned)$/ && !seen[$NF]++ { print host[$NF] }' | sort | awk '{ printf "%s%s", (NR > 1 ? ", " : ""), $0 }'
}

started_at() { docker service inspect -f '{{if .UpdateStatus}}{{.UpdateStatus.StartedAt}}{{end}}' "$1" 2>/dev/null || true; }

# Services of a verb, each with the update that it had before.
watch() { # verb...
  for watch_verb; do
    plan "$watch_verb" | while read -r watch_name _; do
      printf '%s %s\n' "$watch_name" "$(started_at "${project}_$watch_name")"
    done
  done
}

# Why tasks did not get ready.
explain() {
  # Of the tasks that are to stand still, the youngest is one of the new version.
  explain_task=$(docker service ps -q --no-trunc --filter desired-state=shutdown "${project}_$1" 2>/dev/null |
    while read -r explain_one; do docker inspect --type task -f '{{.CreatedAt}} {{.ID}}' "$explain_one" 2>/dev/null || true; done | sort | tail -n 1 | cut -d' ' -f5)
  [ -n "$explain_task" ] || explain_task=$(docker service ps -q --no-trunc "${project}_$1" 2>/dev/null | head -n 1)
  [ -n "$explain_task" ] || return 0
  docker inspect --type task -f '    task: {{.Status.State}} {{.Status.Err}} {{.Status.Message}}' "$explain_task" >&2 || true
  docker service logs --raw --tail 8 "$explain_task" 2>&1 | sed 's/^/    log: /' >&2 || true
}
