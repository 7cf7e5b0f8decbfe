#!/bin/sh
t=; timeout 2 true 2>/dev/null && t='timeout 2'
[ -e /tmp/.cdk8s-ha-ready ] || { ( $t pg_isready -q -h 127.0.0.1 -U postgres ) && true > /tmp/.cdk8s-ha-ready; }
