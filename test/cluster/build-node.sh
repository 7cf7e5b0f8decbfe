#!/bin/bash
# Builds what a real node is made of: kubelet, kube-proxy, CoreDNS and kube-router, which enforces NetworkPolicies, from their Go
# modules, and an image for the first process of each pod; containerd, the network plug-ins and ipset are unpacked from Debian's
# packages, and not installed. What is there already is not made again.
#
#   build-node.sh [--help]
#
# Needs Debian, root, runc and iptables (Docker's packages bring both).
#
# Environment: CDK8S_HA_TEST_KUBERNETES  version of Kubernetes (1.36.3)
#              CDK8S_HA_TEST_COREDNS     version of CoreDNS (1.15.0)
#              CDK8S_HA_TEST_KUBE_ROUTER  version of kube-router (2.1.0)
#              CDK8S_HA_TEST_NODE_SUITE  Debian suite of containerd, 2.0 or newer, and the plug-ins (forky)
#              CDK8S_HA_TEST_CACHE       lists of packages (/var/tmp/cdk8s-ha-test-engine)
#              XDG_CACHE_HOME            the programs lie below it, in cdk8s-ha/cluster (~/.cache)
#
# After build-control-plane.sh it takes 5 minutes of two idle processors. Exit code: 0; 2 usage; 3 they cannot be had on this machine.
set -euo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$HERE/../engine/common.sh"
source "$HERE/go-modules.sh"
FAILURE_EXIT_CODE=3

KUBERNETES=${CDK8S_HA_TEST_KUBERNETES:-1.36.3}
COREDNS=${CDK8S_HA_TEST_COREDNS:-1.15.0}
KUBE_ROUTER=${CDK8S_HA_TEST_KUBE_ROUTER:-2.1.0}
SUITE=${CDK8S_HA_TEST_NODE_SUITE:-forky}

case ${1:-} in
  '') ;;
  --help | -h) print_help "$0"; exit 0 ;;
  *) printf 'unknown argument: %s (see --help)\n' "$1" >&2; exit 2 ;;
esac

skip() {
  printf '\nSKIPPED: the tests on a real node: %s\n\n' "$*" >&2
  exit 3
}

is_debian_root || skip 'containerd is only unpacked on Debian, as root'
for program in go runc iptables; do
  command -v "$program" >/dev/null || skip "$program is not here"
done

node=$PROGRAMS/node-$KUBERNETES
if [[ ! -d $node/bin ]]; then
  say "building kubelet and kube-proxy $KUBERNETES (some minutes)"
  rm -rf "$node/source"
  go_module "k8s.io/kubernetes@v$KUBERNETES" "$node/source" "0.${KUBERNETES#1.}" || skip "Kubernetes $KUBERNETES cannot be fetched"
  build "$node" k8s.io/kubernetes/cmd/{kubelet,kube-proxy} || skip "kubelet $KUBERNETES cannot be built"
fi

coredns=$PROGRAMS/coredns-$COREDNS
if [[ ! -d $coredns/bin ]]; then
  say "building CoreDNS $COREDNS"
  rm -rf "$coredns/source"
  mkdir -p "$coredns/source/coredns"
  printf 'module example.test/cluster\n\ngo 1.26\n\nrequire github.com/coredns/coredns v%s\n' "$COREDNS" >"$coredns/source/go.mod"
  cp "$HERE/node/coredns/main.go" "$coredns/source/coredns/"
  build "$coredns" ./coredns || skip "CoreDNS $COREDNS cannot be built"
fi

router=$PROGRAMS/kube-router-$KUBE_ROUTER
if [[ ! -d $router/bin ]]; then
  say "building kube-router $KUBE_ROUTER"
  rm -rf "$router/source"
  module=github.com/cloudnativelabs/kube-router/v2
  go_module "$module@v$KUBE_ROUTER" "$router/source" || skip "kube-router $KUBE_ROUTER cannot be fetched"
  build "$router" "$module/cmd/kube-router" || skip "kube-router $KUBE_ROUTER cannot be built"
fi

# An image whose only file is a program.
image() { # name program user
  local work digest
  work=$(mktemp -d)
  mkdir "$work/root"
  install "$2" "$work/root/program"
  tar -C "$work/root" --sort=name --mtime=@0 --numeric-owner --owner=0 --group=0 -cf "$work/layer.tar" .
  digest=$(sha256sum <"$work/layer.tar" | cut -d' ' -f1)
  cat >"$work/config.json" <<END
{"architecture": "$(dpkg --print-architecture)", "os": "linux", "created": "2000-01-01T00:00:00Z",
 "config": {"User": "$3", "Entrypoint": ["/program"]},
 "rootfs": {"type": "layers", "diff_ids": ["sha256:$digest"]},
 "history": [{"created": "2000-01-01T00:00:00Z", "created_by": "test/cluster/build-node.sh"}]}
END
  echo "[{\"Config\": \"config.json\", \"RepoTags\": [\"localhost/cdk8s-ha/$1\"], \"Layers\": [\"layer.tar\"]}]" >"$work/manifest.json"
  mkdir -p "$PROGRAMS/images"
  tar -C "$work" -cf "$PROGRAMS/images/${1/:/-}.tar" manifest.json config.json layer.tar
  rm -rf "$work"
}

[[ -s $PROGRAMS/images/coredns-$COREDNS.tar ]] || image "coredns:$COREDNS" "$coredns/bin/coredns" 65532
if [[ ! -s $PROGRAMS/images/pause-1.tar ]]; then
  pause=$(mktemp)
  (cd "$HERE/node/pause" && CGO_ENABLED=0 go build -buildvcs=false -trimpath -ldflags '-s -w' -o "$pause" .) || skip 'the first process of pods cannot be built'
  image pause:1 "$pause" 65535
  rm -f "$pause"
fi

containerd=$PROGRAMS/containerd-$SUITE
if [[ ! -x $containerd/usr/bin/containerd ]]; then
  say "fetching containerd and network plug-ins from $SUITE"
  packages=$(mktemp -d)
  quietly "$CACHE/node.log" suite_apt "$SUITE" update
  (cd "$packages" && quietly "$CACHE/node.log" suite_apt "$SUITE" download containerd containernetworking-plugins)
  for package in "$packages"/*.deb; do dpkg-deb -x "$package" "$packages/root"; done
  rm -rf "$containerd"
  mv "$packages/root" "$containerd"
  rm -rf "$packages"
fi

# Of the machine's own suite, whose libraries it is linked with.
ipset=$PROGRAMS/ipset
if [[ ! -x $ipset/usr/sbin/ipset ]]; then
  packages=$(mktemp -d)
  (cd "$packages" && quietly "$CACHE/node.log" apt-get -qq -o APT::Sandbox::User=root download ipset libipset13)
  for package in "$packages"/*.deb; do dpkg-deb -x "$package" "$packages/root"; done
  rm -rf "$ipset"
  mv "$packages/root" "$ipset"
  rm -rf "$packages"
fi

say "present: kubelet $KUBERNETES, CoreDNS $COREDNS, kube-router $KUBE_ROUTER, containerd $("$containerd/usr/bin/containerd" --version | cut -d" " -f3) in $PROGRAMS"
