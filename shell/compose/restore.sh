# ---- back to the release before ---------------------------------------------------------------------------------

# What got the new version, in this run or in one that was killed, goes back to the version before.
restore() {
  restore_to=$(current) restore_stays=''
  [ "$restore_to" != "$number" ] || return 0
  if [ -z "$restore_to" ]; then
    say 'there is no release before, to which anything could go back: what was started stays as it is'
    return 0
  fi
  restore_from=$number restore_failed='' restore_owner=''
  release=$releases/$restore_to number=$restore_to
  read_networks
  read_followed
  follow || restore_failed=1
  restore_sharers=$(sharers)
  restore_order >"$home/restore.plan"
  while read -r restore_verb restore_service restore_options <&4; do
    if [ ! -e "$home/rolling/$restore_service" ] && is_configured "$restore_service" && has_copies "$restore_service" "$(option copies $restore_options)" &&
      ! is_stopped "$restore_service" && ! { [ "$restore_verb" = rolling ] && is_left_behind "$restore_service"; }; then
      if ! { [ -n "$restore_owner" ] && has_line "$restore_sharers" "$restore_service"; }; then
        prepare "$restore_service" || restore_failed=1
        continue
      fi
    fi
    bring_back "$restore_verb" "$restore_service" $restore_options && restore_owner=1 || restore_failed=1
  done 4<"$home/restore.plan"
  rm -f "$home/restore.plan"
  plan balancer | while read -r restore_service restore_options; do prepare "$restore_service" && run_line balancer "$restore_service" $restore_options || exit 1; done || restore_failed=1
  number=$restore_from
  [ -z "$restore_failed" ] || return 1
  remove_added
  leave_followed
  leave_unused
}

# The last one first, since that is the one that failed. Who has the network of another service comes after that one.
restore_order() {
  sed -n -e '/^rolling /p' -e '/^single /p' "$release/deploy.plan" | sed '1!G;h;$!d' |
    awk -v sharers=" $(printf '%s' "$restore_sharers" | tr '\n' ' ') " 'index(sharers, " " $2 " ") { later = later $0 "\n"; next } { print } END { printf "%s", later }'
}
sharers() { awk '/^  [^ ]/ { name = $1; gsub(/[":]/, "", name) } /^    network_mode: .*service:/ { print name }' "$release/.ordered.yml"; }

# A service that keeps data stays with the new version while that works: it may have written what the version before
# cannot read, or be about to. One that has ended by itself leaves its data as it is, which the version before reads or refuses.
bring_back() { # verb service options...
  back_verb=$1 back_service=$2
  shift 2
  if [ "$(option data "$@")" = yes ] && [ "$(count_good "$back_service")" -ge "$(option copies "$@")" ]; then
    say "$back_service: stays with release $restore_from, since it is ready and keeps data"
    restore_stays=$back_service
    return
  fi
  if [ "$(option data "$@")" = yes ] && is_at_work "$back_service"; then
    say "$back_service: left with release $restore_from, which still runs and may be at work on its data. To go back all the same: $0 rollback $number"
    return 1
  fi
  for back_heir in $(rivals "$back_service"); do
    grep -q "^single $back_heir .*data=yes" "$releases/$restore_from/deploy.plan" || continue
    if [ "$(count_good "$back_heir")" -gt 0 ]; then
      say "$back_service: does not come back, since $back_heir of release $restore_from is ready and has its data"
      restore_stays=$back_heir
      return
    fi
    if is_at_work "$back_heir"; then
      say "$back_service: does not come back, since $back_heir of release $restore_from still runs and may be at work on its data. To go back all the same: $0 rollback $number"
      return 1
    fi
  done
  say "$back_service: back to release $number"
  prepare "$back_service" && run_line "$back_verb" "$back_service" "$@" || { say "$back_service: does not get ready with release $number either"; return 1; }
}

# Whether all copies run and none has ended by itself.
is_at_work() {
  work_states=$(states "$1")
  [ -n "$work_states" ] && ! lines "$work_states" | grep -q -v '^running [a-z]* 0$'
}

# A service is stopped while something prepares its data.
is_stopped() { keeps_data "$1" && ! states "$1" | grep -q -v '^exited '; }

# What a release that failed has added goes with it, but not in the midst of work on its data, and not while something
# with data stays with that release and may call it.
remove_added() {
  undeclared | while read -r added_service; do
    if [ -n "$restore_stays" ]; then
      say "$added_service: stays with release $restore_from too, since $restore_stays may call it"
    elif grep -q "^single $added_service .*data=yes" "$releases/$restore_from/deploy.plan" && is_at_work "$added_service"; then
      say "$added_service: left as it is, since it may be at work on its data"
    else
      say "$added_service: removed"
      remove "$added_service"
    fi
  done
}
