#!/usr/bin/env bash
# Ends what start.sh started in DIRECTORY, by pid.
# usage: stop.sh DIRECTORY
dir=$1
daemons=(client.rgw osd.0 mon.a)
for name in "${daemons[@]}"; do
  pid=$dir/run/$name.pid
  [[ -f $pid ]] && kill "$(cat "$pid")" 2>/dev/null
done
for ((i = 0; i < 50; i++)); do
  alive=
  for name in "${daemons[@]}"; do
    pid=$dir/run/$name.pid
    [[ -f $pid ]] && kill -0 "$(cat "$pid")" 2>/dev/null && alive=1
  done
  [[ -z $alive ]] && exit 0
  sleep 0.1
done
for name in "${daemons[@]}"; do
  pid=$dir/run/$name.pid
  [[ -f $pid ]] && kill -9 "$(cat "$pid")" 2>/dev/null
done
exit 0
