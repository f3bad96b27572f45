#!/bin/sh
# Whether this server is fit for the job: not as long as somebody has asked for it to be drained.
if [ -e "${DRAIN_FOLDER:-/etc/drain}/$ZK_LEADER_ID" ]; then
  echo "$ZK_LEADER_ID is to be drained" >&2
  exit 1
fi
