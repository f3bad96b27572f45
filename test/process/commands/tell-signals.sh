# tell-signals.sh NAME: says which signals reach it. Ends with SIGTERM, or when the test closes descriptor 3.
trap 'echo "$1 got TERM"; exit 0' TERM
trap 'echo "$1 got HUP"' HUP
echo "$1 is ready"
# A shell runs its traps between two commands, or at once while it waits; so cat does the reading.
until
  cat <&3 >/dev/null &
  wait $!
do :; done
