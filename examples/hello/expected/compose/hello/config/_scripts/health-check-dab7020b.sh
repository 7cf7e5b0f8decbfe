#!/bin/sh
t=; timeout 2 true 2>/dev/null && t='timeout 2'
check() (
p='/healthz'; u=http://127.0.0.1:8080$p; if command -v wget >/dev/null 2>&1; then s=$(http_proxy= https_proxy= $t wget -q -S -t 1 -T 2 -O /dev/null "$u" 2>&1); s=HTTP/1.${s##*HTTP/1.}; elif command -v curl >/dev/null 2>&1; then s=$(curl -q -sS -g -L --noproxy '*' -m 2 -w 'HTTP/1.1 %{http_code}' -o /dev/null "$u"); elif command -v nc >/dev/null 2>&1; then s=$(printf 'GET %s HTTP/1.0\r\nHost: 127.0.0.1:8080\r\n\r\n' "$p" | $t nc -w 2 127.0.0.1 8080 | { read -r s; echo "$s"; }); elif command -v bash >/dev/null 2>&1; then s=$($t bash -c 'exec 3<>/dev/tcp/127.0.0.1/8080 && printf "GET %s HTTP/1.0\r\nHost: 127.0.0.1:8080\r\n\r\n" "$1" >&3 && read -r -t 2 s <&3 && echo "$s"' bash "$p"); else echo 'no wget, curl, nc or bash in this image: use HealthCheck.command' >&2; exit 1; fi; case $s in HTTP/1.[0-9]" "2[0-9][0-9] | HTTP/1.[0-9]" "2[0-9][0-9][!0-9]*) ;; *) echo "$u: ${s:-no answer}" >&2; exit 1 ;; esac
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
