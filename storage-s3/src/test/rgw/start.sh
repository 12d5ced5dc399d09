#!/usr/bin/env bash
# Starts a Ceph RGW of one monitor, one OSD in memory and one gateway, on loopback, without cephx.
# usage: start.sh DIRECTORY GATEWAY-PORT MONITOR-PORT ACCESS-KEY SECRET-KEY
# Needs root and: apt-get install --no-install-recommends radosgw ceph-mon ceph-osd ceph-common
# stop.sh DIRECTORY ends exactly the processes that this started.
set -euo pipefail
dir=$1 gateway=$2 monitor=$3 key=$4 secret=$5
mkdir -p "$dir"/{mon,osd,rgw,log,run}
fsid=$(cat /proc/sys/kernel/random/uuid)
conf=$dir/ceph.conf
cat >"$conf" <<CONF
[global]
fsid = $fsid
mon host = v1:127.0.0.1:$monitor
mon initial members = a
public addr = 127.0.0.1
cluster addr = 127.0.0.1
ms bind ipv4 = true
ms bind msgr2 = false
auth cluster required = none
auth service required = none
auth client required = none
auth supported = none
run dir = $dir/run
pid file = $dir/run/\$name.pid
admin socket = $dir/run/\$name.asok
log file = $dir/log/\$name.log
crash dir = $dir/log
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
osd pool default pgp num = 4
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon allow pool size one = true
mon warn on pool no redundancy = false
mon max pg per osd = 1000
mon data avail warn = 1
mon data avail crit = 0
setuser match path = $dir/none
[mon.a]
mon data = $dir/mon
[osd]
osd data = $dir/osd
osd objectstore = memstore
memstore device bytes = 8589934592
osd class update on start = false
osd crush update on start = false
[client.rgw]
rgw data = $dir/rgw
rgw frontends = beast endpoint=127.0.0.1:$gateway tcp_nodelay=1
rgw enable usage log = false
rgw enable gc threads = false
rgw enable quota threads = false
rgw_run_sync_thread = false
CONF

ceph() { command ceph -c "$conf" --connect-timeout 2 "$@"; }

# Waits until a command succeeds; $1 is how many tenths of a second at most.
await() {
  local tenths=$1
  shift
  for ((i = 0; i < tenths; i++)); do
    if "$@" >/dev/null 2>&1; then return; fi
    sleep 0.1
  done
  echo "it did not come: $*" >&2
  return 1
}

osd_is_up() { ceph osd stat | grep -q '1 up'; }
gateway_answers() { (exec 3<>"/dev/tcp/127.0.0.1/$gateway") 2>/dev/null; }

monmaptool --create --fsid "$fsid" --addv a "v1:127.0.0.1:$monitor" "$dir/monmap" >/dev/null
ceph-mon -c "$conf" -i a --mkfs --monmap "$dir/monmap"
ceph-mon -c "$conf" -i a
await 300 ceph mon stat
osd=$(cat /proc/sys/kernel/random/uuid)
ceph osd new "$osd" >/dev/null
ceph-osd -c "$conf" -i 0 --mkfs --osd-uuid "$osd" >"$dir/log/mkfs.out" 2>&1
ceph osd crush add osd.0 1.0 root=default host=localhost >/dev/null 2>&1
# It may end at once with "wrong fsid" as long as it has not got the map of monitors.
for attempt in 1 2 3 4 5; do
  ceph-osd -c "$conf" -i 0 >"$dir/log/osd.out" 2>&1 || true
  if await 80 osd_is_up; then break; fi
done
osd_is_up
radosgw -c "$conf" -n client.rgw
await 600 gateway_answers
radosgw-admin -c "$conf" user create --uid=test --display-name=test \
  --access-key="$key" --secret-key="$secret" >/dev/null 2>"$dir/log/admin.err"
