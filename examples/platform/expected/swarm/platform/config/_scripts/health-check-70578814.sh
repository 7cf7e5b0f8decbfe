#!/bin/sh
t=; timeout 10 true 2>/dev/null && t='timeout 10'
[ -e /tmp/.cdk8s-ha-ready ] || { ( $t rabbitmq-diagnostics -q check_running ) && true > /tmp/.cdk8s-ha-ready; }
