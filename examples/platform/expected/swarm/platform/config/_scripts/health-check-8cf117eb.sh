#!/bin/sh
t=; timeout 2 true 2>/dev/null && t='timeout 2'
[ -e /tmp/.cdk8s-ha-ready ] || { ( $t valkey-cli ping ) && true > /tmp/.cdk8s-ha-ready; }
