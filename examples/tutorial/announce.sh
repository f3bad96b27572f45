#!/bin/sh
# The command of every contender: it runs only where the leader is.
echo 'I am the new leader!'
exec sleep 86400
