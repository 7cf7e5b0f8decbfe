#!/bin/bash
# Builds the control plane that the tests of this folder start: etcd, kube-apiserver, kube-controller-manager and
# kube-scheduler, from their Go modules. What is there already is not built again.
#
#   build-control-plane.sh [--help]
#
# Environment: CDK8S_HA_TEST_KUBERNETES  version of Kubernetes (1.36.3)
#              CDK8S_HA_TEST_ETCD        version of etcd (3.6.16)
#              XDG_CACHE_HOME            the programs lie below it, in cdk8s-ha/cluster (~/.cache)
#
# Takes 1.5 GB of disk, and, with two idle processors and nothing in Go's cache, about 10 minutes. Exit code: 0; 2 usage;
# 3 they cannot be had on this machine.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/go-modules.sh"

KUBERNETES=${CDK8S_HA_TEST_KUBERNETES:-1.36.3}
ETCD=${CDK8S_HA_TEST_ETCD:-3.6.16}

case ${1:-} in
  '') ;;
  --help | -h) sed -n '2,/^[^#]/{s/^# \{0,1\}//p}' "$0"; exit 0 ;;
  *) printf 'unknown argument: %s (see --help)\n' "$1" >&2; exit 2 ;;
esac

skip() {
  printf '\nSKIPPED: the tests with a real API server: %s\n\n' "$*" >&2
  exit 3
}

command -v go >/dev/null || skip 'go is not here'

etcd=$PROGRAMS/etcd-$ETCD
if [[ ! -d $etcd/bin ]]; then
  echo "building etcd $ETCD (two minutes)"
  rm -rf "$etcd/source"
  mkdir -p "$etcd/source"
  printf 'module example.test/cluster\n\ngo 1.24\n\nrequire go.etcd.io/etcd/server/v3 v%s\n' "$ETCD" >"$etcd/source/go.mod"
  build "$etcd" go.etcd.io/etcd/server/v3 || skip "etcd $ETCD cannot be built"
  mv "$etcd/bin/v3" "$etcd/bin/etcd" 2>/dev/null || mv "$etcd/bin/server" "$etcd/bin/etcd"
fi

kubernetes=$PROGRAMS/kubernetes-$KUBERNETES
if [[ ! -d $kubernetes/bin ]]; then
  echo "building Kubernetes $KUBERNETES (some minutes)"
  rm -rf "$kubernetes/source"
  go_module "k8s.io/kubernetes@v$KUBERNETES" "$kubernetes/source" "0.${KUBERNETES#1.}" || skip "Kubernetes $KUBERNETES cannot be fetched"
  build "$kubernetes" k8s.io/kubernetes/cmd/kube-{apiserver,controller-manager,scheduler} || skip "Kubernetes $KUBERNETES cannot be built"
fi

echo "present: etcd $ETCD and Kubernetes $KUBERNETES in $PROGRAMS"
