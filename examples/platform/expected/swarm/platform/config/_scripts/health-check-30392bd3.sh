#!/bin/sh
t=; timeout 2 true 2>/dev/null && t='timeout 2'
check() (
[ -e /tmp/.cdk8s-ha-ready ] || { ( if command -v grpc_health_probe >/dev/null 2>&1; then grpc_health_probe -addr=127.0.0.1:9090 -connect-timeout=2s -rpc-timeout=2s; elif command -v grpc-health-probe >/dev/null 2>&1; then grpc-health-probe -addr=127.0.0.1:9090 -connect-timeout=2s -rpc-timeout=2s; else if command -v nc >/dev/null 2>&1; then $t nc -z -w 2 127.0.0.1 9090 2>/dev/null || $t nc -w 2 127.0.0.1 9090 </dev/null >/dev/null; elif command -v bash >/dev/null 2>&1; then $t bash -c 'exec 3<>/dev/tcp/127.0.0.1/9090'; elif command -v curl >/dev/null 2>&1; then curl -q -s --noproxy '*' -m 2 -o /dev/null http://127.0.0.1:9090/; [ $? -ne 7 ]; elif command -v wget >/dev/null 2>&1; then case $(http_proxy= LC_ALL=C $t wget -t 1 -T 2 -O /dev/null http://127.0.0.1:9090/ 2>&1) in *refused*) false ;; esac; else echo 'no wget, curl, nc or bash in this image: use HealthCheck.command' >&2; exit 1; fi; fi ) && true > /tmp/.cdk8s-ha-ready; }
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
