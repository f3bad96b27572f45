#!/bin/sh
# A command that is to run all the time, and does not: its first FAILURES starts fail, counted over all servers.
count=$(($(cat "$COUNT_FILE" 2>/dev/null || echo 0) + 1))
echo "$count" >"$COUNT_FILE"
if [ "$count" -le "${FAILURES:-5}" ]; then
  echo "start $count: fails (attempt $ZK_LEADER_ATTEMPT, epoch $ZK_LEADER_EPOCH)"
  exit 1
fi
echo "start $count: works (attempt $ZK_LEADER_ATTEMPT, epoch $ZK_LEADER_EPOCH)"
exec sleep 86400
