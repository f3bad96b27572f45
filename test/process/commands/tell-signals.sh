# tell-signals.sh NAME: says which signals reach it. Ends with SIGTERM, or when the test closes descriptor 3.
# A cat that has just been started is too young to be found by whoever signals a whole tree.
trap 'echo "$1 got TERM"; kill $! 2>/dev/null; exit 0' TERM
trap 'echo "$1 got HUP"' HUP
echo "$1 is ready"
# A shell runs its traps between two commands, or at once while it waits; so cat does the reading.
until
  cat <&3 >/dev/null &
  wait $!
do :; done
