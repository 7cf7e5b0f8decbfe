# ---- one manager at a time --------------------------------------------------------------------------------------

# A manager's home says nothing to another one, but no two configs of a swarm have one name. What was killed has left its own:
# nobody else is at work in a home that is locked.
lock() {
  lock_home
  lock_name=$project.deployment lock_mine="$(docker info -f '{{.Swarm.NodeID}}') $home" lock_said='' lock_until=$(($(date +%s) + 900))
  until lock_id=$(echo "at work: $lock_mine" | docker config create --label "cdk8s-ha.deployment=$lock_mine" "$lock_name" - 2>"$home/lock.reason"); do
    grep -q 'already exists' "$home/lock.reason" || die "the swarm does not answer. Nothing was changed: $(cat "$home/lock.reason")"
    # Whose it is may have ended by now.
    lock_theirs=$(docker config inspect -f '{{.ID}} {{index .Spec.Labels "cdk8s-ha.deployment"}}' "$lock_name" 2>/dev/null) || continue
    if [ "${lock_theirs#* }" = "$lock_mine" ] || is_lost "$(lines "$lock_theirs" | cut -d' ' -f2)"; then
      docker config rm "${lock_theirs%% *}" >/dev/null 2>&1 || true
      continue
    fi
    lock_host=$(docker node inspect -f '{{.Description.Hostname}}' "$(lines "$lock_theirs" | cut -d' ' -f2)" 2>/dev/null || true)
    [ "$lock_theirs" = "$lock_said" ] ||
      say "another deployment of $project is at work on $lock_host: waiting for it. If it was killed there, run it again there, or: docker config rm $lock_name"
    lock_said=$lock_theirs
    [ "$(date +%s)" -lt "$lock_until" ] || die "another deployment of $project, on $lock_host, did not end in 15 minutes. Nothing was changed"
    sleep 1
  done
  rm -f "$home/lock.reason"
  trap 'docker config rm "$lock_id" >/dev/null 2>&1 || true; unlock_home' EXIT
}

# A node that is not there asks the swarm for nothing.
is_lost() { # node
  lost_state=$(docker node inspect -f '{{.Status.State}} now' "$1" 2>/dev/null) || lost_state=$(docker node ls -q >/dev/null 2>&1 && echo 'gone')
  case $lost_state in ready* | '') return 1 ;; esac
}
