#!/bin/sh
# The job: it runs where the leader is, and ends when it is told to.
trap 'echo "has ended its work"; exit 0' TERM
echo "serves (epoch $ZK_LEADER_EPOCH)"
sleep 86400 &
wait
