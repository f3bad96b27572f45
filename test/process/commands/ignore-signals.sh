# ignore-signals.sh NAME: answers every line it is sent, whatever signals come, until descriptor 3 is closed.
trap '' HUP INT TERM QUIT
echo "$1 is ready"
while read -r line <&3; do echo "$1 heard $line"; done
