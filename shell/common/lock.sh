# ---- one at a time ----------------------------------------------------------------------------------------------

# Programs that this script has started keep the lock while they live, though the script itself be killed.
lock_home() {
  if command -v flock >/dev/null 2>&1; then
    exec 9>"$home/lock"
    flock -n 9 && return
    say "another deployment of $project is at work: waiting for it"
    lock_until=$(($(date +%s) + 900))
    # That of busybox knows no time limit.
    until flock -n 9; do
      [ "$(date +%s)" -lt "$lock_until" ] || die "another deployment of $project did not end in 15 minutes"
      sleep 1
    done
    return
  fi
  if ! mkdir "$home/lock.d" 2>/dev/null; then
    lock_owner=$(cat "$home/lock.d/pid" 2>/dev/null || true)
    # Whoever has only just taken it says who it is a moment later.
    [ -n "$lock_owner" ] || { sleep 1; lock_owner=$(cat "$home/lock.d/pid" 2>/dev/null || true); }
    [ -z "$lock_owner" ] || ! kill -0 "$lock_owner" 2>/dev/null || die "another deployment of $project is at work (process $lock_owner)"
  fi
  echo $$ >"$home/lock.d/pid"
  trap unlock_home EXIT
}

unlock_home() { [ "$(cat "$home/lock.d/pid" 2>/dev/null || true)" != $$ ] || rm -rf "$home/lock.d"; }
