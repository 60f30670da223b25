#!/usr/bin/env bash
# Runs the Dockerfile's steps in order where there is no container engine, and then the service as compose.yaml runs it.
#
#   scripts/prove_container.sh      needs root, the network for the build, `deno` on the PATH, and of Debian:
#                                   util-linux, coreutils, iproute2, curl
#
# The image is a folder with this machine's /usr in it, entered by chroot. What is proven: each instruction of the
# Dockerfile works, in order and with nothing but the files that .dockerignore lets through; the service then starts
# without any network, on a read-only root, as a user without capabilities, home and entry in /etc/passwd; it is healthy
# by the HEALTHCHECK, does a task, ends with 0 on SIGTERM, and knows the task after a restart.
# What isn't: the base image itself (its Debian, entrypoint and user), layers, and an engine's publishing of ports.
#
# An instruction that isn't known here is an error: teach it below.
set -euo pipefail

repository="$(cd "$(dirname "$0")/.." && pwd)"
service_uid=1993                # of the user `deno` in the base image
healthy_s_max=20                # the HEALTHCHECK's start period
stop_s_max=30                   # README and compose.yaml: a shutdown takes no longer
path=/opt/deno:/usr/local/bin:/usr/bin:/bin

say() { printf '%s\n' "$*"; }
die() {
  printf 'prove_container: %s\n' "$*" >&2
  [ ! -s "${work:-}/log" ] || { say "The service's log:" && tail -n 20 "$work/log"; } >&2
  exit 1
}

# ---- The base image: what `FROM` stands for ----

make_base_image() {
  mkdir -p "$image"/{dev,etc,opt/deno,proc,root,tmp,usr}
  chmod 1777 "$image/tmp"
  ln -s usr/bin usr/sbin usr/lib "$image"
  [ ! -e /usr/lib64 ] || ln -s usr/lib64 "$image"
  cp -L /etc/resolv.conf /etc/hosts /etc/nsswitch.conf "$image/etc"
  cp -rL /etc/ssl "$image/etc/ssl"
  printf 'root:x:0:0::/root:/bin/sh\ndeno:x:%s:%s::/home/deno:/bin/sh\n' $service_uid $service_uid >"$image/etc/passwd"
  printf 'root:x:0:\ndeno:x:%s:\n' $service_uid >"$image/etc/group"
  install -m 0755 "$(deno eval -p 'Deno.execPath()')" "$image/opt/deno/deno"
}

mount_system() {
  mount --bind -o ro /usr "$image/usr"
  mount --bind /dev "$image/dev"
  mount -t proc proc "$image/proc"
}

# ---- docker build ----

# One instruction per line: without comments, continued lines joined.
instructions() {
  sed -e '/^[[:space:]]*#/d' -e '/^[[:space:]]*$/d' "$repository/Dockerfile" |
    sed -e ':a' -e '/\\$/{N;s/[[:space:]]*\\\n[[:space:]]*/ /;ba' -e '}'
}

# The words of an exec form: ["deno", "task"].
words_of() { grep -o '"[^"]*"' <<<"$1" | tr -d '"'; }

# What .dockerignore lets through: it excludes everything (`*`), then names exceptions (`!src`).
make_context() {
  [ "$(head -n 1 "$repository/.dockerignore")" = '*' ] || die ".dockerignore no longer begins with *."
  mkdir "$context"
  local name
  while read -r name; do cp -r "$repository/$name" "$context"; done < <(sed -n 's/^!//p' "$repository/.dockerignore")
  chown -R 0:0 "$context"
}

copy() {
  local target="${*: -1}" source
  case "$target" in /*) target="$image$target" ;; *) target="$image$workdir/$target" ;; esac
  for source in "${@:1:$#-1}"; do
    [ -e "$context/$source" ] || die "COPY $source: .dockerignore keeps it out, or it isn't there."
    mkdir -p "$target"
    if [ -d "$context/$source" ]; then cp -r "$context/$source/." "$target"; else cp "$context/$source" "$target"; fi
  done
}

run_as_root() {
  # Variables about proxies and certificates belong to the machine that builds, as with an engine.
  local passed
  mapfile -t passed < <(env | grep -iE '^(https?_proxy|no_proxy|SSL_CERT_[A-Z]+|NODE_EXTRA_CA_CERTS|DENO_CERT|DENO_TLS_CA_STORE)=' || true)
  chroot "$image" env -i -C "$workdir" "PATH=$path" HOME=/root "${passed[@]}" "${variables[@]}" sh -ec "$1"
}

build() {
  workdir=/ variables=() volume='' user=root stopsignal=SIGTERM command=() health=()
  make_base_image
  mount_system
  make_context
  local instruction rest
  while read -r instruction rest; do
    say "  $instruction $rest"
    case "$instruction" in
      FROM)
        local wanted="${rest#denoland/deno:}" here
        here="$(deno --version | sed -n 's/^deno \([^ ]*\).*/\1/p')"
        [ "$wanted" = "$here" ] || die "The Dockerfile is FROM denoland/deno:$wanted, but the deno here is $here."
        ;;
      WORKDIR) workdir="$rest" && mkdir -p "$image$workdir" ;;
      COPY) read -ra rest <<<"$rest" && copy "${rest[@]}" ;;
      ENV) read -ra rest <<<"$rest" && variables+=("${rest[@]}") ;;
      RUN) run_as_root "$rest" ;;
      VOLUME) volume="$rest" ;;
      USER) user="$rest" ;;
      STOPSIGNAL) stopsignal="$rest" ;;
      EXPOSE) ;;
      HEALTHCHECK) mapfile -t health < <(words_of "${rest#*CMD }") ;;
      CMD) mapfile -t command < <(words_of "$rest") ;;
      *) die "The Dockerfile has an instruction that isn't known here: $instruction." ;;
    esac
  done < <(instructions)
  [ "$user" = deno ] || die "The Dockerfile ends as user $user; it has to be deno."
  cp -a "$image$volume" "$work/volume"
  declare -p workdir variables volume stopsignal command health | sed 's/^declare /&-g /' >"$work/recipe"
}

# ---- docker compose up: read-only root, no capabilities, no new privileges; and no network at all ----

# Becomes the command, so call it in a subshell: $! is then the service itself, and signals reach it.
as_service() {
  exec chroot "$image" setpriv --reuid=$service_uid --regid=$service_uid --clear-groups \
    --inh-caps=-all --ambient-caps=-all --bounding-set=-all --no-new-privs \
    env -i -C "$workdir" "PATH=$path" "${variables[@]}" "$@"
}

start() {
  (as_service "${command[@]}" 2>>"$work/log") &
  service=$!
  local began=$SECONDS
  until (as_service "${health[@]}" 2>/dev/null); do
    kill -0 "$service" 2>/dev/null || die "The service ended at its start."
    [ $((SECONDS - began)) -lt $healthy_s_max ] || die "The service isn't healthy after $healthy_s_max s."
    sleep 0.2
  done
  say "  healthy after $((SECONDS - began)) s"
}

stop() {
  kill -s "${stopsignal#SIG}" "$service"
  local began=$SECONDS code=0
  wait "$service" || code=$?
  [ "$code" = 0 ] || die "$stopsignal ended the service with exit code $code instead of 0."
  [ $((SECONDS - began)) -le $stop_s_max ] || die "The service took longer than $stop_s_max s to end."
  ! pgrep -u $service_uid >/dev/null || die "Processes of the service are left after its end."
  say "  $stopsignal: exit code 0 after $((SECONDS - began)) s, no process left"
}

# The text under this key, where it comes first in a task's JSON.
field() { grep -o "\"$1\":\"[^\"]*\"" | head -n 1 | cut -d '"' -f 4; }

do_task() {
  local task state
  task="$(printf 'region,product,revenue,quantity,discount\nEast,A,0.1,1,0.05\nEast,B,0.2,1,0.1\nWest,A,x,1,0\n' |
    curl -sS --fail-with-body --data-binary @- http://localhost:8000/v1/tasks)" || die "The upload was refused: $task"
  id="$(field id <<<"$task")"
  for _ in $(seq 1 100); do
    task="$(curl -sS "http://localhost:8000/v1/tasks/$id")"
    state="$(field state <<<"$task")"
    case "$state" in completed | failed) break ;; esac
    sleep 0.1
  done
  [ "$state" = completed ] || die "The task is $state: $task"
  summary_is_right
  say "  task $id: received $(field created_at <<<"$task"), completed $(field finished_at <<<"$task")"
}

summary_is_right() {
  local summary
  summary="$(curl -sS "http://localhost:8000/v1/tasks/$id/artifacts/summary" | tail -n +2)"
  [ "$summary" = "East,0.3,0.15,2,0.075,2" ] ||
    die "The summary is not the expected one: $summary"
}

refuses_to_write() {
  ! (as_service touch "$1" 2>/dev/null) || die "The service's user can write $1."
}

serve() {
  # shellcheck source=/dev/null
  . "$work/recipe"
  printf 'root:x:0:0::/root:/bin/sh\n' >"$image/etc/passwd"
  ip link set lo up
  mount --bind "$image" "$image"
  mount -o remount,ro,bind "$image"
  mount_system
  mount --bind "$work/volume" "$image$volume"
  for file in "$workdir/main.ts" "$workdir/src/new.ts" /deno-dir/new /tmp/new; do refuses_to_write "$file"; done
  say "  read-only but for $volume; no network but loopback; uid $service_uid, no capabilities, home or name"
  start
  do_task
  local first="$id"
  stop
  start
  id="$first"
  summary_is_right
  say "  after a restart the first task's summary is still there"
  do_task
  stop
  local foreign
  foreign="$(find "$work/volume" ! -uid $service_uid -print -quit)"
  [ -z "$foreign" ] || die "$foreign isn't owned by the service's user."
}

# ---- Each phase in namespaces of its own, so that no mount or process outlives it ----

case "${1:-}" in
  build | serve)
    work="$2" image="$2/image" context="$2/context"
    "$1"
    ;;
  '')
    [ "$(id -u)" = 0 ] || die "This needs root: mounts, namespaces, another user."
    for tool in unshare setpriv chroot ip curl pgrep deno; do
      command -v "$tool" >/dev/null || die "This needs $tool."
    done
    work="$(mktemp -d)"
    chmod 0755 "$work"
    trap 'rm -rf --one-file-system "$work"' EXIT
    say "Build:"
    unshare --mount --pid --fork --kill-child "$0" build "$work"
    say "Run:"
    unshare --mount --pid --fork --kill-child --net "$0" serve "$work"
    say "The Dockerfile's steps work."
    ;;
  *) die "usage: scripts/prove_container.sh" ;;
esac
