#!/bin/sh
# The scheduled job: notes in a file that all servers share that it begins with its tick, and that it is done with it.
# The work itself takes half a second.
note() {
  echo "$ZK_LEADER_TICK $1 $ZK_LEADER_ID $ZK_LEADER_RUN_ID $ZK_LEADER_ATTEMPT" >>"${TICK_LOG:-ticks.log}"
  time=${ZK_LEADER_TICK#*T}
  echo "tick ${time%.*} $1 (run $ZK_LEADER_RUN_ID, attempt $ZK_LEADER_ATTEMPT)"
}

note begun
sleep 0.5
note done
