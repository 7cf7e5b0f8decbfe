#!/bin/bash
# One node, from the inside: the first process of namespaces of its own, with whose end everything on the node ends.
#
#   unshare --net --mount --pid --uts --ipc --fork --kill-child --mount-proc run-node.sh FOLDER
#
# FOLDER has `settings` (the node's name, address and gateway, and where programs lie), `kubeconfig`, what the programs read, and
# `images`; it gets data and logs. The first line of standard input says that the node is connected; its end ends the node.
set -euo pipefail
FOLDER=$1
# shellcheck source=/dev/null
source "$FOLDER/settings"
: "${name:?}" "${address:?}" "${gateway:?}" "${node:?}" "${containerd:?}" "${router:?}" "${ipset:?}"

mount --make-rshared /
hostname "$name"
# A node's processes find nothing of this machine's engine.
mount -t tmpfs tmpfs /run
mkdir -p /run/lock /run/containerd "$FOLDER"/{containerd,kubelet,logs,pods,containers,sysctl}
mkdir -p /var/log/containers
mount --bind "$FOLDER/containers" /var/log/containers

# The kubelet sets what holds for the whole machine: here it sets files.
for key in vm/overcommit_memory:1 vm/panic_on_oom:0 kernel/panic:10 kernel/panic_on_oops:1 kernel/keys/root_maxkeys:1000000 kernel/keys/root_maxbytes:25000000; do
  file=$FOLDER/sysctl/$(tr / - <<<"${key%:*}")
  echo "${key#*:}" >"$file"
  mount --bind "$file" "/proc/sys/${key%:*}"
done

read -r _
ip link set lo up
ip address add "$address/24" dev eth0
ip link set eth0 up
ip route add default via "$gateway"
# Visitors of a load test come from one address, whose ports come round in a minute. What the node still knows of a connection by then
# would lead the next one from the same port to the same proxy, though that is gone.
sysctl -qw net.ipv4.ip_forward=1 net.bridge.bridge-nf-call-iptables=1 net.netfilter.nf_conntrack_tcp_timeout_time_wait=30

for hierarchy in /sys/fs/cgroup/*/; do
  [[ $hierarchy == */unified/ ]] || mkdir -p "$hierarchy/$name"
done
# An empty set of processors takes no process.
for file in cpuset.cpus cpuset.mems; do
  [[ ! -e /sys/fs/cgroup/cpuset/$file ]] || cat "/sys/fs/cgroup/cpuset/$file" >"/sys/fs/cgroup/cpuset/$name/$file"
done
# A node has its processors for itself: on a busy machine its pods get as much as they would there.
echo 16384 >"/sys/fs/cgroup/cpu/$name/cpu.shares"
mkdir -p "/sys/fs/cgroup/cpu/$name/system"
echo 2048 >"/sys/fs/cgroup/cpu/$name/system/cpu.shares"
echo $$ >"/sys/fs/cgroup/cpu/$name/system/cgroup.procs"

export PATH=$node:$containerd/usr/bin:$PATH
containerd --config "$FOLDER/containerd.toml" >"$FOLDER/logs/containerd.log" 2>&1 &
deadline=$((SECONDS + 60))
until ctr version >/dev/null 2>&1; do
  ((SECONDS < deadline)) || { echo 'containerd does not answer' >&2; exit 1; }
  sleep 0.2
done
for archive in "$FOLDER"/images/*.tar; do
  ctr --namespace k8s.io images import "$archive" >>"$FOLDER/logs/images.log" 2>&1 || { tail -n 5 "$FOLDER/logs/images.log" >&2; exit 1; }
done
kube-proxy --config "$FOLDER/kube-proxy.json" >"$FOLDER/logs/kube-proxy.log" 2>&1 &
kubelet --config "$FOLDER/kubelet.json" --kubeconfig "$FOLDER/kubeconfig" --root-dir "$FOLDER/kubelet" --cert-dir "$FOLDER/kubelet/pki" \
  --hostname-override "$name" --node-ip "$address" >"$FOLDER/logs/kubelet.log" 2>&1 &
# NetworkPolicies alone are kube-router's. It ends where the node is not registered yet.
policies() {
  NODE_NAME=$name LD_LIBRARY_PATH=$(echo "$ipset"/usr/lib/*-linux-gnu) PATH=$router:$ipset/usr/sbin:$PATH kube-router --kubeconfig "$FOLDER/kubeconfig" \
    --hostname-override "$name" --run-firewall=true --run-router=false --run-service-proxy=false --run-loadbalancer=false --enable-cni=false \
    --service-cluster-ip-range 10.0.0.0/16 --health-port 0
}
until policies; do sleep 1; done >"$FOLDER/logs/kube-router.log" 2>&1 &
cat >/dev/null
