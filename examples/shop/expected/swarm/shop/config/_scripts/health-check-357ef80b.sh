#!/bin/sh
t=; timeout 2 true 2>/dev/null && t='timeout 2'
check() (
# The ready probe alone decides the answer; the live probe alone restarts the container.
ready() (
  [ -e /tmp/.cdk8s-ha-ready ] || { ( p='/edge-health'; u=http://127.0.0.1:8080$p; if command -v wget >/dev/null 2>&1; then s=$(http_proxy= https_proxy= $t wget -q -S -t 1 -T 2 -O /dev/null "$u" 2>&1); s=HTTP/1.${s##*HTTP/1.}; elif command -v curl >/dev/null 2>&1; then s=$(curl -q -sS -g -L --noproxy '*' -m 2 -w 'HTTP/1.1 %{http_code}' -o /dev/null "$u"); elif command -v nc >/dev/null 2>&1; then s=$(printf 'GET %s HTTP/1.0\r\nHost: 127.0.0.1:8080\r\n\r\n' "$p" | $t nc -w 2 127.0.0.1 8080 | { read -r s; echo "$s"; }); elif command -v bash >/dev/null 2>&1; then s=$($t bash -c 'exec 3<>/dev/tcp/127.0.0.1/8080 && printf "GET %s HTTP/1.0\r\nHost: 127.0.0.1:8080\r\n\r\n" "$1" >&3 && read -r -t 2 s <&3 && echo "$s"' bash "$p"); else echo 'no wget, curl, nc or bash in this image: use HealthCheck.command' >&2; exit 1; fi; case $s in HTTP/1.[0-9]" "2[0-9][0-9] | HTTP/1.[0-9]" "2[0-9][0-9][!0-9]*) ;; *) echo "$u: ${s:-no answer}" >&2; exit 1 ;; esac ) && true > /tmp/.cdk8s-ha-ready; }
)
live() (
  p='/edge-health'; u=http://127.0.0.1:8080$p; if command -v wget >/dev/null 2>&1; then s=$(http_proxy= https_proxy= $t wget -q -S -t 1 -T 2 -O /dev/null "$u" 2>&1); s=HTTP/1.${s##*HTTP/1.}; elif command -v curl >/dev/null 2>&1; then s=$(curl -q -sS -g -L --noproxy '*' -m 2 -w 'HTTP/1.1 %{http_code}' -o /dev/null "$u"); elif command -v nc >/dev/null 2>&1; then s=$(printf 'GET %s HTTP/1.0\r\nHost: 127.0.0.1:8080\r\n\r\n' "$p" | $t nc -w 2 127.0.0.1 8080 | { read -r s; echo "$s"; }); elif command -v bash >/dev/null 2>&1; then s=$($t bash -c 'exec 3<>/dev/tcp/127.0.0.1/8080 && printf "GET %s HTTP/1.0\r\nHost: 127.0.0.1:8080\r\n\r\n" "$1" >&3 && read -r -t 2 s <&3 && echo "$s"' bash "$p"); else echo 'no wget, curl, nc or bash in this image: use HealthCheck.command' >&2; exit 1; fi; case $s in HTTP/1.[0-9]" "2[0-9][0-9] | HTTP/1.[0-9]" "2[0-9][0-9][!0-9]*) ;; *) echo "$u: ${s:-no answer}" >&2; exit 1 ;; esac
)

# What earlier checks of this container have left: one line for each, none after a success.
read -r stat < /proc/1/stat; set -- ${stat##*) }
state='/tmp/.cdk8s-ha-live'.${20}
read -r now rest < /proc/uptime; now=${now%%.*}
seen=; asked=0; first=$now; last=; ended=
if [ -e "$state" ]; then
  seen=yes
  while read -r word at; do
    case $word in
      asked) asked=$((asked + 1)); [ $asked -gt 1 ] || first=$at ;;
      ended) ended=$at ;;
    esac
    last=$word
  done < "$state"
fi

# Mostly all is well, which one question tells. Where it is not, each probe is asked, and what it says is counted.
glance() {
  [ -e /tmp/.cdk8s-ha-ready ] || return 1; if command -v wget >/dev/null 2>&1; then s=$(http_proxy= https_proxy= wget -q -S -t 1 -T 1 -O /dev/null 'http://127.0.0.1:8080/edge-health' 2>&1); elif command -v curl >/dev/null 2>&1; then s=$(curl -q -sS -g -L --noproxy '*' -m 1 -w 'HTTP/1.1 %{http_code}' -o /dev/null 'http://127.0.0.1:8080/edge-health'); else s=; fi; case $s in *HTTP/1.[0-9]" "2[0-9][0-9]*) ;; *) false ;; esac
}
if [ "$seen$last" = yes ] && glance; then exit 0; fi

# Ends every process but init, and with it the container, unless init is not Docker's: then nothing would restart.
end() {
  read -r init < /proc/1/comm
  case $init in
    docker-init | tini | podman-init | catatonit | dumb-init) ;;
    *) echo "not live, and not restarted: process 1 is $init (init: true is needed)" >&2; return ;;
  esac
  message="not live for $((now - first)) s ($asked checks): sending $1 to all processes, the restart policy starts it again"
  echo "$message" >&2
  { echo "health check: $message" > /proc/1/fd/2; } 2>/dev/null
  kill -"$1" -1 || echo 'may not end the processes of another user (CAP_KILL)' >&2
}
# A copy that was told to stop closes its port and ends what it has, for as long as that may take.
listens() {
  for table in /proc/net/tcp /proc/net/tcp6; do
    [ -e "$table" ] || continue
    while read -r number here there status more; do
      case $here/$status in *:1F90/0A) return 0 ;; esac
    done < "$table"
  done
  return 1
}
long_enough() {
  [ $asked -ge 3 ] && [ $((now - first)) -ge 30 ] || return 1
  listens || [ $((now - first)) -ge 35 ]
}
restart() { echo "ended $now" >> "$state"; end TERM; exit 1; }

if [ -n "$ended" ]; then
  # A stopped process does not react to TERM.
  [ $((now - ended)) -lt 2 ] || end KILL
  exit 1
fi
# The last check was cut off by the engine; so may be this one.
if [ "$last" = asked ] && long_enough; then restart; fi

if [ -n "$seen" ]; then
  asked=$((asked + 1))
  echo "asked $now" >> "$state"
fi
ready &
readiness=$!
if live; then
  true > "$state"
elif [ -n "$seen" ]; then
  echo "failed $now" >> "$state"
  if long_enough; then restart; fi
fi
wait $readiness
)
read -r stat < /proc/1/stat; set -- ${stat##*) }
healthy='/tmp/.cdk8s-ha-healthy'.${20}
fail() { rm -f "$healthy"; exit 1; }
check || fail
[ -e "$healthy" ] || { true > "$healthy"; exit 0; }

# The engine knows it as healthy, so it is watched for a while: that is cheaper than to be asked anew each time.
left=59
while [ $left -gt 0 ]; do
  left=$((left - 1))
  sleep 15 || exit 0
  check || fail
done
