# ---- releases ---------------------------------------------------------------------------------------------------

keep=5 # releases

latest() { ls "$releases" 2>/dev/null | sort -n | tail -n 1; }

# Whether release $1 is what lies beside this script, with the variables of today.
is_same() {
  for same_file in $(cd "$here" && find $main deploy.plan deploy.sh config -type f 2>/dev/null); do
    cmp -s "$here/$same_file" "$1/$same_file" || return 1
  done
  cmp -s "$home/.env" "$1/.env" || { [ ! -e "$home/.env" ] && [ ! -s "$1/.env" ]; }
}

# Keeps what lies beside this script as a release; one that was kept already goes on where it ended.
keep_release() {
  keep_latest=$(latest)
  if [ -n "$keep_latest" ] && is_same "$releases/$keep_latest"; then number=$keep_latest; return; fi
  number=$(printf '%04d' $(($(printf '%s' "${keep_latest:-0}" | sed 's/^0*//;s/^$/0/') + 1)))
  keep_new=$home/release.new
  rm -rf "$keep_new"
  {
    mkdir -p "$keep_new/config" "$keep_new/logs" "$keep_new/steps" &&
      (cd "$here" && for keep_file in $main deploy.plan deploy.sh; do [ ! -e "$keep_file" ] || cp "$keep_file" "$keep_new/" || exit 1; done) &&
      { [ ! -d "$here/config" ] || cp -R "$here/config/." "$keep_new/config/"; } &&
      if [ -e "$home/.env" ]; then cp "$home/.env" "$keep_new/.env"; else : >"$keep_new/.env"; fi &&
      mv "$keep_new" "$releases/$number"
  } || {
    rm -rf "$keep_new"
    die "cannot write to $home: is the disk full? Nothing was changed"
  }
}

# Removes all but the last releases. A rollback leads to the one that was deployed before, however many have failed since.
forget_releases() {
  forget_current=$(current)
  forget_before=$(deployed_before "${forget_current:-0}")
  ls "$releases" | sort -rn | tail -n +$((keep + 1)) | while read -r forget_old; do
    [ "$forget_old" = "$forget_current" ] || [ "$forget_old" = "$forget_before" ] || rm -rf "${releases:?}/$forget_old"
  done
}

# The last release before one that was deployed.
deployed_before() { # release
  ls "$releases" | sort -n | while read -r before_one; do
    [ "$before_one" -ge "$1" ] || ! grep -q "release $before_one deployed" "$home/history" 2>/dev/null || echo "$before_one"
  done | tail -n 1
}

# The release is deployed: from now on it is the one to ask about, by a script that stays.
settle_release() { # number
  if [ "$(current)" != "$1" ]; then
    # First the history, where a rollback looks for it.
    note "$1" deployed
    printf '%s\n' "$1" >"$home/current.new"
    mv "$home/current.new" "$home/current"
  fi
  cp "$release/deploy.sh" "$home/deploy.sh.new" && chmod 755 "$home/deploy.sh.new" && mv "$home/deploy.sh.new" "$home/deploy.sh"
}

# The release to go back to: the one named, else the last one before the current that was deployed.
find_rollback() { # [release]
  if [ $# -gt 0 ]; then
    case $1 in *[!0-9]*) die "'$1' is no release: '$0 history' lists them" ;; esac
    number=$(printf '%04d' "$(printf '%s' "$1" | sed 's/^0*//')")
    [ -d "$releases/$number" ] || die "release $number is not kept: '$0 history' lists them"
    return
  fi
  [ -n "$was" ] || die "$project was never deployed"
  number=$(deployed_before "$was")
  [ -n "$number" ] || die "no release before $was is kept: '$0 history' lists them"
}
