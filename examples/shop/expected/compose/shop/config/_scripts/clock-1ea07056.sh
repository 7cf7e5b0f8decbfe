#!/bin/sh
# The clock of a scheduled job: 15 3 * * * in Europe/Berlin.
zone='Europe/Berlin'
minutes=' 15 '
hours=' 3 '
days=' 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 '
months=' 1 2 3 4 5 6 7 8 9 10 11 12 '
weekdays=' 0 1 2 3 4 5 6 ' # 0 is Sunday
job() { exec 'shop' 'report'; }

say() { echo "clock: $*" >&2; }
at_time() { TZ=$zone date -d "@$1" "+$2"; }
has() { case $2 in *" $1 "*) ;; *) return 1 ;; esac; }

# The health check finds out by it whether the clock still goes.
beat() {
  read -r up rest < /proc/uptime
  echo "$$ ${1:-$((${up%%.*} + 180))}" > /tmp/.cdk8s-ha-clock
} 2>/dev/null

# Sleeps so that a signal ends it at once.
nap() { sleep "$1" & wait $!; }

# The first of the list $2 above $1, else $3.
above() {
  for found in $2; do [ "$found" -le "$1" ] || return 0; done
  found=$3
}

# Goes on to the hour $1 of the same local day. The last two hours are gone one by one, since the clocks may change.
to_hour() {
  if [ $(($1 - hour)) -gt 2 ]; then at=$((at + ($1 - hour - 2) * 3600 - minute * 60)); else at=$((at + (60 - minute) * 60)); fi
}

day_fits() { has $day "$days" && has $weekday "$weekdays"; }

# Whether the clocks were put back and this minute has been before (by half an hour, by one or two).
repeated() {
  [ "$(at_time $((at - 7200)) %z)" != "$offset" ] || return 1
  for back in 1800 3600 7200; do
    [ "$(at_time $((at - back)) '%d %H:%M')" != "$(at_time $at '%d %H:%M')" ] || return 0
  done
  return 1
}

# Moves $at to the first minute of the schedule that is not before it.
find_next() {
  while :; do
    set -- $(at_time $at '%M %H %d %m %w %z')
    if [ $# -ne 6 ]; then say 'date does not answer'; exit 1; fi
    minute=${1#0} hour=${2#0} day=${3#0} month=${4#0} weekday=$5 offset=$6
    if ! has $month "$months"; then
      if [ $day -lt 27 ]; then at=$((at + (27 - day) * 86400)); else to_hour 24; fi
    elif ! day_fits; then
      to_hour 24
    elif ! has $hour "$hours"; then
      above $hour "$hours" 24
      to_hour $found
    elif ! has $minute "$minutes"; then
      above $minute "$minutes" 60
      at=$((at + (found - minute) * 60))
    elif repeated; then
      at=$((at + 60))
    else
      return
    fi
  done
}

# Runs the command once, and again when it fails.
run() {
  beat busy
  goes_on=1
  # A shell that has just begun may lose every signal but KILL, and KILL leaves its sleep behind: so it sleeps 5 s at a time.
  (
    rest=3600
    while [ $rest -gt 5 ]; do sleep 5; rest=$((rest - 5)); done
    sleep $rest
    kill -ALRM $$
  ) &
  watchdog=$!
  left=3 pause=10
  while :; do
    job & wait $!
    code=$?
    if [ $code -eq 0 ]; then goes_on=; say "run of $name ended well"; break; fi
    if [ $left -eq 0 ]; then goes_on=; say "run of $name FAILED with exit code $code"; break; fi
    say "run of $name FAILED with exit code $code: again in $pause s ($left left)"
    nap $pause
    left=$((left - 1)) pause=$((pause * 2))
    [ $pause -le 360 ] || pause=360
  done
  kill -KILL $watchdog
  wait $watchdog 2>/dev/null
  watchdog=
}

# $! is the run, or the sleep.
watchdog= goes_on=
stop() {
  trap '' TERM INT HUP
  [ -z "$goes_on" ] || say "run of $name ENDED: the container was told to stop. It is not repeated"
  [ -z "$watchdog" ] || kill -KILL $watchdog
  kill $! 2>/dev/null
  wait 2>/dev/null
  exit 0
}
trap stop TERM INT HUP
too_long() {
  child=$!
  say "run of $name ENDED: it is over its 3600 s. The container restarts, so that nothing of it stays behind"
  kill $child 2>/dev/null
  (sleep 10; kill -KILL $child) >/dev/null 2>&1 &
  wait $child
  exit 1
}
trap too_long ALRM

if [ "$(TZ=UTC0 date -d @1579089600 +%H%M 2>&1) $(TZ=UTC0 date -d @1594814400 +%H%M 2>&1)" != '1200 1200' ]; then
  say 'REFUSED: this image has no date that understands -d @SECONDS'
  exit 78
fi
# Without its data a zone silently means UTC.
if [ "$(TZ=$zone date -d @1579089600 +%H%M 2>&1) $(TZ=$zone date -d @1594814400 +%H%M 2>&1)" != '1300 1400' ]; then
  say "REFUSED: this image does not know the time zone $zone. Add its package tzdata, or leave out timeZone for UTC"
  exit 78
fi

beat || say 'cannot write /tmp/.cdk8s-ha-clock: the health check will fail'
now=$(date +%s)
at=$((now / 60 * 60 + 60)) latest=$now missed=0 since= why=
while :; do
  find_next
  while beat; now=$(date +%s); [ $now -lt $at ]; do
    if [ $now -lt $((latest - 3600)) ]; then
      say 'the clock of the host was set back: starting anew'
      at=$((now / 60 * 60 + 60)) latest=$now
      continue 2
    fi
    latest=$now
    if [ $((at - now)) -lt 60 ]; then nap $((at - now)); else nap 60; fi
    why='the container was paused, or the clock of the host was set'
  done
  latest=$now
  name=$(at_time $at '%Y-%m-%d %H:%M')
  if [ $now -ge $((at + 60)) ]; then
    # Said together, once the next run is not missed.
    [ $missed -gt 0 ] || since=$name
    missed=$((missed + 1)) more= at=$((at + 60))
    [ $missed -lt 100 ] || more=' or more' at=$((now / 60 * 60)) name=$(at_time $now '%Y-%m-%d %H:%M')
    find_next
    if [ $now -lt $((at + 60)) ]; then say "SKIPPED $missed$more due from $since to $name: $why"; missed=0; fi
    continue
  fi
  run
  why='the run before still went on'
  at=$((at + 60))
done
