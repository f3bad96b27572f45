#!/bin/sh
# The job of `zk-leader-run -- ./sync-job.sh`: copies new files from one folder to another, for ever.
#
#   SYNC_SOURCE     where files come in; without it a make-believe one, to which every round adds a file
#   SYNC_TARGET     where they go, a folder that all servers share (default: sync-demo/target)
#   SYNC_INTERVAL   seconds between two rounds (default: 2)
#   SYNC_LOCK_WAIT  seconds to wait for the lock of the target before giving up (default: 30)
#
# zk-leader-run sees to it that one job runs at a time. It cannot call back a write that has left already: one that
# waits in a network, in a kernel, or in a whole machine that was frozen and thawed. So the TARGET decides who may
# write, and this script is the place where "at most one job" becomes "at most one effect": ZK_LEADER_EPOCH grows
# with every term, the target keeps the highest one it has seen in .epoch, and a job of a lower one is refused.
# Look and write are one step under a lock: between the two, nobody else can raise the epoch.
set -u

source=${SYNC_SOURCE:-sync-demo/source}
target=${SYNC_TARGET:-sync-demo/target}
interval=${SYNC_INTERVAL:-2}
lock_wait=${SYNC_LOCK_WAIT:-30}
epoch=${ZK_LEADER_EPOCH:-}

fail() {
  printf 'sync-job: %s\n' "$1" >&2
  exit 1
}

# Epochs are 64-bit numbers, more than `[ -ge ]` must handle. Without leading zeros, the longer one is higher, and of
# two equally long ones the one that comes last as text.
is_at_least() {
  [ "${#1}" -gt "${#2}" ] && return
  [ "${#1}" -eq "${#2}" ] && LC_ALL=C expr "x$1" '>=' "x$2" >/dev/null
}

is_epoch() {
  case $1 in '' | 0?* | *[!0-9]*) return 1 ;; esac
}

# With flock, the kernel lets the lock go when the last process that holds it has ended: a job that was killed
# leaves none behind, and a cp that outlives its job keeps it. A job that is only stopped keeps it too, and whoever
# waits gives up after SYNC_LOCK_WAIT. All servers must lock the same way, and the file system of the target must
# carry locks from server to server, as NFS does.
#
# Without flock (macOS), the lock is a symbolic link with its owner's name: `ln -s` makes it, or fails. A killed job
# leaves it behind. If its owner was a process of this machine (and user) that has gone, the link is removed; of
# another machine we cannot know, give up after SYNC_LOCK_WAIT, and leave it to a person. A cp that outlives its job is
# not seen, and two jobs that remove the link of a dead one at the same moment may both get the lock: where that
# matters, install flock.
if command -v flock >/dev/null; then
  try_lock() { flock -n 9; }
  unlock() { flock -u 9; }
  lock_owner() { echo 'somebody'; }
else
  machine=$(hostname)
  try_lock() {
    ln -s "$machine:$$" "$target/.lock.link" 2>/dev/null && return
    owner=$(lock_owner)
    case $owner in "$machine":*) kill -0 "${owner##*:}" 2>/dev/null || rm -f "$target/.lock.link" ;; esac
    return 1
  }
  unlock() {
    if [ "$(lock_owner)" = "$machine:$$" ]; then rm -f "$target/.lock.link"; fi
  }
  lock_owner() { readlink "$target/.lock.link"; }
fi

lock() {
  waited=0
  until try_lock; do
    [ "$waited" -lt "$lock_wait" ] || fail "$(lock_owner) has held the lock of $target for ${lock_wait}s"
    pause 1
    waited=$((waited + 1))
  done
}

# Fails unless the target takes writes of our epoch, and has it keep the epoch.
check_epoch() {
  seen=0
  if [ -e "$target/.epoch" ]; then seen=$(cat "$target/.epoch") || fail "cannot read $target/.epoch"; fi
  is_epoch "$seen" || fail "expected an epoch in $target/.epoch, got \"$seen\""
  is_at_least "$epoch" "$seen" || fail "refused: our epoch is $epoch, and $target has seen $seen"
  [ "$epoch" = "$seen" ] && return
  # Renamed into place, so that nobody ever finds half a number.
  { echo "$epoch" >"$target/.epoch.new" && mv "$target/.epoch.new" "$target/.epoch"; } ||
    fail "cannot write $target/.epoch"
}

# A copy under another name is not there yet; the rename is the one moment at which it is.
copy() {
  # Asked again, now that nobody else writes.
  [ -e "$target/$1" ] && return
  { cp "$source/$1" "$target/.partial" && mv "$target/.partial" "$target/$1"; } || fail "cannot copy $source/$1"
  echo "copied $1 (epoch $epoch)"
}

# Runs its arguments in one step with the look at the epoch. zk-leader-run sends SIGTERM to every process of the job,
# cp included; from here on they ignore it, so that what has begun is finished.
fenced() {
  lock
  (trap '' TERM && check_epoch && "$@") || exit 1
  unlock
}

# In the background, since a shell that waits acts on a signal at once. SIGTERM ends the sleep too, and the shell
# would say so.
pause() {
  sleep "$1" &
  wait "$!" 2>/dev/null
}

is_epoch "$epoch" || fail 'expected ZK_LEADER_EPOCH in the environment; write zk-leader-run -- ./sync-job.sh'
# Only ours are made: a folder of yours that is missing is mistyped, or not mounted.
[ -n "${SYNC_SOURCE:-}" ] || mkdir -p "$source"
[ -n "${SYNC_TARGET:-}" ] || mkdir -p "$target"
[ -d "$source" ] || fail "expected a folder in SYNC_SOURCE, got $source"
[ -d "$target" ] || fail "expected a folder in SYNC_TARGET, got $target"
exec 9>>"$target/.lock" || fail "cannot open $target/.lock"

# A shell runs its trap once the command in the foreground has ended, so an item is always finished first.
trap 'exit 0' TERM
trap 'unlock' EXIT

# The new leader's first step: from here on, the target refuses the old one.
fenced echo "syncing $source to $target (epoch $epoch)"

while :; do
  if [ -z "${SYNC_SOURCE:-}" ]; then date >"$source/$(date +item-%Y%m%d-%H%M%S)"; fi
  for file in "$source"/*; do
    item=${file##*/}
    if [ -f "$file" ] && [ ! -e "$target/$item" ]; then fenced copy "$item"; fi
  done
  pause "$interval"
done
