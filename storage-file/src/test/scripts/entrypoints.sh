#!/usr/bin/env bash
# Starts a service in each of the usual ways as process 1 of a process id space of its own, sends
# SIGTERM to process 1 as a container platform does, waits, sends SIGKILL, and prints what became of
# it, as rows of a table: how it was started, exit code, whether its last changes were saved, and what
# the doctor had said at start.
#
# usage: entrypoints.sh unshare|podman JAVA CLASSPATH
#   unshare  a bare process id space (util-linux)
#   podman   a container without a network, run by runc
# Needs root and tini and busybox. GRACE is how many seconds it waits before SIGKILL (3).
set -euo pipefail

mode=$1
java=$(readlink -f "$2")
class_path=$3
grace=${GRACE:-3}
main=io.pagurus.file.StopService
work=$(mktemp -d)
container=pagurus-entrypoint-$$

podman() {
  command podman --root "$work/podman" --runroot "$work/podman-run" --runtime runc \
    --cgroup-manager cgroupfs --storage-driver vfs --events-backend file "$@"
}

cleanup() {
  if [[ $mode == podman ]]; then
    podman rm --force --time 0 "$container" >/dev/null 2>&1 || true
  fi
  rm -rf "$work"
}
trap cleanup EXIT

# All of the class path in one directory, so that a container can have it.
mkdir -p "$work/app"
app=
number=0
IFS=: read -ra entries <<<"$class_path"
for entry in "${entries[@]}"; do
  [[ -e $entry ]] || continue
  number=$((number + 1))
  copy=$work/app/$number
  [[ -d $entry ]] || copy=$copy.jar
  cp -r "$entry" "$copy"
  app=$app${app:+:}/app/${copy##*/}
done
here_app=${app//\/app\//$work/app/}

# Prints the output of the service when it is ready.
await_ready() {
  local i
  for ((i = 0; i < 300; i++)); do
    if grep -q '^ready' "$work/out"; then
      return
    fi
    sleep 0.1
  done
  echo "not ready:" >&2
  cat "$work/out" >&2
  exit 1
}

# Each of these starts "$@" as process 1, sends SIGTERM and sets exit_code.
run_unshare() {
  unshare --pid --fork --kill-child --mount-proc "$@" >"$work/out" 2>&1 &
  local unshare=$!
  await_ready
  local first
  first=$(cat "/proc/$unshare/task/$unshare/children")
  kill -TERM $first
  local i killed=
  for ((i = 0; i < grace * 10; i++)); do
    kill -0 "$unshare" 2>/dev/null || break
    sleep 0.1
  done
  if kill -KILL $first 2>/dev/null; then
    killed=yes
  fi
  exit_code=0
  wait "$unshare" || exit_code=$?
  if [[ $killed ]]; then
    exit_code=137 # unshare itself says 1
  fi
}

run_podman() {
  local root=$work/root directory
  for directory in usr etc proc sys dev tmp run app state; do
    mkdir -p "$root/$directory"
  done
  for directory in bin sbin lib lib64; do
    ln -sfn "usr/$directory" "$root/$directory"
  done
  local volumes=(-v /usr:/usr:ro -v "$work/app:/app:ro" -v "$work/state:/state")
  local etc
  for etc in /etc/java-*-openjdk; do
    [[ -d $etc ]] && volumes+=(-v "$etc:$etc:ro")
  done
  podman run -d --name "$container" --network none --ulimit "nofile=1024:$(ulimit -Hn)" \
    --ulimit nproc=10000:10000 --stop-timeout "$grace" "${volumes[@]}" \
    --rootfs "$root" "$@" >/dev/null
  local i
  for ((i = 0; i < 300; i++)); do
    podman logs "$container" >"$work/out" 2>&1 || true
    grep -q '^ready' "$work/out" && break
    sleep 0.1
  done
  await_ready
  podman stop "$container" >/dev/null 2>&1
  exit_code=$(podman inspect --format '{{.State.ExitCode}}' "$container")
  podman rm --force --time 0 "$container" >/dev/null
}

# row SHOWN COMMAND...: where a word of COMMAND is RUN, the start of the service is put in; where one
# contains it, the start as text.
row() {
  local shown=$1
  shift
  mkdir -p "$work/state"
  : >"$work/out" # or the next one is taken for ready before it is there
  local cp=$here_app url=file:$work/state
  if [[ $mode == podman ]]; then
    cp=$app
    url=file:/state
  fi
  local text="$java -Xmx64m -cp $cp $main $url"
  local command=() word
  for word in "$@"; do
    if [[ $word == RUN ]]; then
      # shellcheck disable=SC2206 # one word each
      command+=($text)
    else
      command+=("${word//RUN/$text}")
    fi
  done
  "run_$mode" "${command[@]}"
  local findings saved
  findings=$(sed -n 's/^findings //p' "$work/out")
  saved=$("$java" -Xmx64m -cp "$here_app" "$main" "file:$work/state" look 2>/dev/null |
    sed -n 's/^saved 1$/yes/p')
  echo "| \`$shown\` | $exit_code | ${saved:-**no**} | ${findings/none/-} |"
  rm -rf "$work/state"
}

row '["java", ...]' RUN
row 'sh -c "java ..."' sh -c RUN' '
row 'sh -c "exec java ..."' sh -c 'exec RUN'
row 'sh -c "java ...; true"' sh -c 'RUN; true'
row 'bash -c "java ..."' bash -c RUN' '
row 'bash -c "java ...; true"' bash -c 'RUN; true'
row 'busybox sh -c "java ..."' busybox sh -c RUN' '
row 'busybox sh -c "java ...; true"' busybox sh -c 'RUN; true'
row 'tini -- java ...' tini -- RUN
row 'tini -- sh -c "exec java ..."' tini -- sh -c 'exec RUN'
row 'tini -- sh -c "java ...; true"' tini -- sh -c 'RUN; true'
row 'tini -g -- sh -c "java ...; true"' tini -g -- sh -c 'RUN; true'
row "trap 'kill -TERM \$p' TERM; java ... & p=\$!; wait \$p; wait \$p" \
  sh -c "trap 'kill -TERM \$p' TERM; RUN & p=\$!; wait \$p; wait \$p"
row "trap 'echo stop' TERM; java ...; true" bash -c "trap 'echo stop' TERM; RUN; true"
row '["java", "-Xrs", ...]' env JAVA_TOOL_OPTIONS=-Xrs RUN
