#!/usr/bin/env bash
# Real Odoo servers for the tests, each with its own PostgreSQL in a chroot made from Debian's packages.
set -euo pipefail

usage() {
  cat <<'EOF'
Usage: npm run lab -- COMMAND
  up 19|14        install that Odoo if needed, start it, and wait until it answers
  down [19|14]    stop it (without a version: both)
  status          one line per version: absent, installed, or running and where
While a server runs, 19.json or 14.json in the lab's folder says how to reach it.
To start afresh, run "down" and delete the folder.
Environment:
  ODOO_MCP_LAB              the folder, /var/tmp/odoo-mcp-lab by default; it takes about 2 GB per version
  ODOO_MCP_LAB_PORT_OFFSET  a number added to every port, when a port is taken
  DEBIAN_MIRROR             the Debian mirror to install from, when the one in apt's sources won't do
EOF
}

# Everything below works on the version chosen last.
choose() {
  version=$1 doing='' modules=base,bus,contacts,crm,sale_management,base_automation
  root=$LAB/odoo-$version state=$LAB/$version json=$LAB/$version.json
  log=$state/lab.log odoo_log=$state/odoo.log odoo_pid=$root/var/lib/odoo/lab.pid
  case $version in
    19) suite=trixie pg=17 http_port=18069 pg_port=15419 push_port=18072 push_name=gevent_port
      init=(-i "$modules,rpc,api_doc" --with-demo) ;;
    14) suite=bullseye pg=13 http_port=14069 pg_port=15414 push_port=14072 push_name=longpolling_port
      init=(-i "$modules") ;;
  esac
  ((http_port += OFFSET, pg_port += OFFSET, push_port += OFFSET))
  url=http://127.0.0.1:$http_port
  pg_data=$root/var/lib/postgresql/$pg/main
}

# Descriptor 8 is the caller's stderr: when the script ends, a step's redirection may still be in force.
say() { echo "Odoo $version: $*"; }
die() { say "$*" >&8; doing=''; exit 1; }
explain_failure() {
  [[ $? != 0 && $doing ]] || return 0
  tail -n 25 "$log" >&8 || true
  say "failed while $doing. The full log is $log" >&8
}

# Call steps plainly, never as part of a condition: that would switch off "set -e" inside of them.
step() {
  doing=$1
  shift
  say "$doing"
  echo "=== $(date '+%F %T') $doing" >>"$log"
  "$@" >>"$log" 2>&1 </dev/null
  doing=''
}

# The lock is inherited by the steps' processes on purpose: if this script alone is killed, the next one
# waits for what it left running instead of working in the same tree. Only the servers let go of it.
take_lock() {
  mkdir -p "$state"
  [[ -O $LAB && -O $state ]] || die "$LAB belongs to another user; set ODOO_MCP_LAB to another folder."
  exec 9>"$state/lock"
  flock -n 9 && return
  say 'waiting for another run of this script to finish'
  flock -w 1800 9 || die 'another run has held the lock for 30 minutes.'
}

up() {
  take_lock
  if [[ ! -f $state/system.done ]]; then
    step 'finding debootstrap and a mirror' prepare_host
    step "installing Debian $suite with PostgreSQL $pg and Odoo (some minutes)" install_system
  fi
  mount_needed
  postgres_runs || step 'starting PostgreSQL' start_postgres
  [[ -f $state/database.done ]] || step 'making the database with demo data (a minute or two)' make_database
  odoo_runs || step 'starting Odoo' start_odoo
  step 'waiting until it answers' wait_until_answering
  rpc_login "$(cat "$state/api_key" 2>&1)" >/dev/null 2>&1 || step 'making an API key' make_api_key
  step 'checking the API key' write_json
  say "running at $url, described in $json"
}

# Two versions may be going up at once, but apt and dpkg of the host serve one at a time.
prepare_host() {
  (
    flock 7
    # A keyring package older than the suite lacks its keys.
    if ! command -v debootstrap || ! compgen -G "$KEYRINGS/debian-archive-$suite-stable.*"; then
      apt-get update
      apt-get install -y --no-install-recommends -o DPkg::Lock::Timeout=600 debootstrap debian-archive-keyring
    fi
    # Without downloaded lists apt does not tell the origin of its sources.
    [[ $(find_mirror) ]] || apt-get update
  ) 7>"$LAB/host.lock"
  mirror=$(find_mirror)
  [[ $mirror ]] || die "apt's sources on this machine name no Debian mirror; set DEBIAN_MIRROR to the URL of one."
}

find_mirror() {
  local uri=${DEBIAN_MIRROR:-}
  # Debian's label keeps out its security and backports archives, which hold no whole distribution.
  # shellcheck disable=SC2016
  [[ $uri ]] || uri=$(apt-get indextargets --format '$(REPO_URI)' \
    'Identifier: Packages' 'Origin: Debian' 'Label: Debian' 'Component: main' | sed -n 1p)
  # Cloud images name a file that lists the mirrors, which debootstrap does not understand.
  if [[ $uri == mirror+file:* ]]; then
    uri=${uri#mirror+file:}
    uri=$(sed -n 's/^\(https\?:[^[:space:]]*\).*/\1/p' "${uri%/}" | sed -n 1p)
  fi
  echo "$uri"
}

# Always from nothing: a tree in which debootstrap or dpkg was interrupted is quicker to remake than to repair.
install_system() {
  local proxy=''
  stop_servers
  rm -rf --one-file-system "$root" "$state"/{database.done,api_key} "$json"
  eval "$(apt-config shell proxy Acquire::http::Proxy)"
  [[ -z $proxy || $proxy == DIRECT ]] || export http_proxy=$proxy https_proxy=$proxy
  doing="installing Debian $suite from $mirror (DEBIAN_MIRROR may name a mirror that has it)"
  debootstrap --variant=minbase --include=ca-certificates --keyring="$KEYRINGS/debian-archive-keyring.gpg" \
    "$suite" "$root" "$mirror"

  printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
  chmod 755 "$root/usr/sbin/policy-rc.d"
  echo force-unsafe-io >"$root/etc/dpkg/dpkg.cfg.d/lab"
  # The mirror may be a snapshot, whose signed dates have passed.
  cat >"$root/etc/apt/apt.conf.d/lab" <<EOF
APT::Install-Recommends "false";
APT::Default-Release "$suite";
Acquire::Check-Valid-Until "false";
Acquire::Retries "3";
${http_proxy:+Acquire::http::Proxy "$http_proxy";}
EOF
  echo "deb $mirror $suite main" >"$root/etc/apt/sources.list"
  if [[ $version == 19 ]]; then
    # Only sid has Odoo 19, but sid's Python is too new for it: take that one package and nothing else from there.
    echo "deb $mirror sid main" >>"$root/etc/apt/sources.list"
    printf 'Package: %s\nPin: release n=sid\nPin-Priority: %s\n\n' '*' 100 odoo-19 990 >"$root/etc/apt/preferences.d/lab"
  fi
  mount_needed
  in_chroot apt-get update
  in_chroot apt-get install -y "odoo-$version" postgresql
  in_chroot apt-get clean
  rm -rf "$root"/var/lib/apt/lists/*
  touch "$state/system.done"
}

# A clean environment: the caller's locale, proxies and PG* or npm variables mean other things inside.
in_chroot() {
  env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive chroot "$root" "$@"
}
in_chroot_as() { in_chroot setpriv --reuid="$1" --regid="$1" --init-groups "${@:2}"; }
run_odoo() { in_chroot_as odoo env HOME=/var/lib/odoo PYTZ_TZDATADIR=/usr/share/zoneinfo "$@"; }

# PostgreSQL keeps its parallel queries' memory in /dev/shm; maintainer scripts and Odoo look into /proc.
mount_needed() {
  mkdir -p "$root/dev/shm"
  mountpoint -q "$root/proc" || mount -t proc proc "$root/proc"
  mountpoint -q "$root/dev/shm" || mount -t tmpfs -o mode=1777,size=512m tmpfs "$root/dev/shm"
}
unmount_all() {
  local target
  awk -v under="$root/" 'index($2, under) == 1 { print $2 }' /proc/mounts | sort -r | while read -r target; do
    umount "$target" || umount -l "$target"
  done
}

# A process is ours when it lives in our chroot; a number in a left-over pid file may by now be anybody's.
is_ours() { [[ ${1:-} && $(readlink "/proc/$1/root") == "$root" ]] 2>/dev/null; }
odoo_runs() { is_ours "$(cat "$odoo_pid" 2>/dev/null)"; }
postgres_runs() { is_ours "$(head -n 1 "$pg_data/postmaster.pid" 2>/dev/null)"; }

start_postgres() {
  local process
  # Backends that outlived their postmaster must not meet those of a new one in the same data.
  for process in /proc/[0-9]*; do
    if is_ours "${process#/proc/}" && [[ $(cat "$process/comm") == postgres ]]; then kill -9 "${process#/proc/}" || true; fi
  done
  rm -f "$pg_data/postmaster.pid" "$root/run/postgresql/"{*.pid,.s.PGSQL.*}
  # The data can be made again, so speed matters more than surviving a power cut.
  printf '%s\n' "port = $pg_port" 'max_connections = 200' 'fsync = off' 'synchronous_commit = off' \
    'full_page_writes = off' >"$root/etc/postgresql/$pg/main/conf.d/lab.conf"
  in_chroot pg_ctlcluster --skip-systemctl-redirect "$pg" main start 8>&- 9>&-
}

make_database() {
  in_chroot_as postgres dropdb -p "$pg_port" --if-exists --force lab
  rm -rf "$root/var/lib/odoo/filestore/lab" "$state/api_key"
  if [[ $(in_chroot_as postgres psql -p "$pg_port" -tAc "select 1 from pg_roles where rolname = 'odoo'") != 1 ]]; then
    in_chroot_as postgres createuser -p "$pg_port" --createdb --no-createrole --no-superuser odoo
  fi
  configure_odoo
  # French from the start: a language that a test installs would change the answers to others that run at the time.
  # English before it: the first one becomes the language of everybody, and the only one active but these.
  run_odoo odoo --config /etc/odoo/odoo.conf -d lab "${init[@]}" --load-language=en_US,fr_FR --stop-after-init
  touch "$state/database.done"
}

# Without a database host Odoo comes through the socket, where PostgreSQL trusts the system user of that name.
configure_odoo() {
  printf '%s\n' '[options]' 'db_user = odoo' "db_port = $pg_port" 'list_db = True' 'data_dir = /var/lib/odoo' \
    'http_interface = 127.0.0.1' "http_port = $http_port" "$push_name = $push_port" >"$root/etc/odoo/odoo.conf"
  in_chroot chown -R odoo:odoo /etc/odoo/odoo.conf /var/lib/odoo
}

start_odoo() {
  # Odoo lives on without its port, and then somebody else's server would answer in its place.
  if (: <"/dev/tcp/127.0.0.1/$http_port") 2>/dev/null; then
    die "port $http_port is taken by another program; stop it or set ODOO_MCP_LAB_PORT_OFFSET."
  fi
  configure_odoo
  [[ ! -f $odoo_log ]] || mv "$odoo_log" "$odoo_log.old"
  rm -f "$odoo_pid"
  # No cron threads: scheduled actions would change records in the middle of a test.
  # shellcheck disable=SC2016
  run_odoo setsid --fork sh -c 'echo $$ >/var/lib/odoo/lab.pid; exec odoo "$@"' odoo \
    --config /etc/odoo/odoo.conf -d lab --max-cron-threads=0 >"$odoo_log" 2>&1 8>&- 9>&-
  until [[ -s $odoo_pid ]]; do sleep 0.1; done
}

# Prints the user id. Runs in the chroot, which surely has Python.
rpc_login() {
  in_chroot python3 - "$url" "$1" <<'EOF'
import json, sys, urllib.request
sys.tracebacklimit = 0
def call(service, method, *args):
    body = {'jsonrpc': '2.0', 'method': 'call', 'params': {'service': service, 'method': method, 'args': args}}
    request = urllib.request.Request(sys.argv[1] + '/jsonrpc', json.dumps(body).encode(), {'Content-Type': 'application/json'})
    return json.load(urllib.request.urlopen(request, timeout=60))['result']
call('common', 'version')
uid = call('common', 'login', 'lab', 'admin', sys.argv[2])
assert uid, 'the login was refused'
call('object', 'execute_kw', 'lab', uid, sys.argv[2], 'res.users', 'read', [[uid], ['login']])
print(uid)
EOF
}

# The deadline also outlasts the minute for which Odoo 14 refuses logins after too many wrong ones.
wait_until_answering() {
  local deadline=$((SECONDS + 180))
  until rpc_login admin; do
    odoo_runs || { log=$odoo_log doing='starting Odoo: the server has ended' && return 1; }
    ((SECONDS < deadline)) || die "no login as admin/admin within 3 minutes, see $log and $odoo_log." \
      "If the password was changed: run \"down\", delete $state/database.done, run \"up\"."
    sleep 1
  done
}

make_api_key() {
  local made
  made=$(run_odoo odoo shell --config /etc/odoo/odoo.conf -d lab --no-http <<'EOF'
from odoo.release import version_info
expiry = (None,) if version_info[0] >= 18 else ()
key = env['res.users.apikeys'].with_user(env.ref('base.user_admin'))._generate(None, 'lab', *expiry)
env.cr.commit()
print('\nAPI_KEY=' + key)
EOF
  )
  (umask 077 && sed -n 's/^API_KEY=//p' <<<"$made" >"$state/api_key")
}

write_json() {
  local uid key
  key=$(cat "$state/api_key")
  uid=$(rpc_login "$key")
  (umask 077 && printf '{"version":"%s","url":"%s","database":"lab","username":"admin","password":"admin","uid":%s,"api_key":"%s"}\n' \
    "$version" "$url" "$uid" "$key" >"$json.new")
  mv "$json.new" "$json"
}

down() {
  if [[ ! -d $state ]]; then say absent && return; fi
  take_lock
  rm -f "$json"
  step 'stopping' stop_servers
}

stop_servers() {
  local pid deadline=$((SECONDS + 20))
  if odoo_runs; then
    pid=$(cat "$odoo_pid")
    kill "$pid"
    while is_ours "$pid"; do
      ((SECONDS < deadline)) || kill -9 "$pid" || true
      sleep 0.2
    done
  fi
  rm -f "$odoo_pid"
  if postgres_runs; then in_chroot pg_ctlcluster --skip-systemctl-redirect "$pg" main stop -m fast; fi
  unmount_all
}

status() {
  if [[ ! -d $state ]]; then say absent
  elif ! flock -n "$state/lock" true; then say 'busy (an "up" or "down" is at work)'
  elif odoo_runs && [[ -f $json ]]; then say "running at $url, described in $json"
  elif [[ -f $state/database.done ]]; then say 'installed, not running'
  else say 'absent (its installation was not finished; "up" does it)'
  fi
}

wrong_usage() { echo "$1" >&2; usage >&2; exit 2; }
case "${1:-}:$#" in
  -h:1 | --help:1 | help:1) usage; exit 0 ;;
  up:2 | down:1 | down:2 | status:1) ;;
  *) wrong_usage "Not a command of the lab: ${*:-(nothing)}" ;;
esac
case "${2:-19}" in
  19 | 14) ;;
  *) wrong_usage "Not a version of the lab: $2" ;;
esac
if [[ $(id -u) != 0 ]] || ! command -v apt-get >/dev/null; then
  echo 'The lab needs root on Debian or Ubuntu; elsewhere, give the tests an Odoo of your own by the environment variables' \
    'ODOO_MCP_TEST_19_URL, ODOO_MCP_TEST_19_DATABASE, ODOO_MCP_TEST_19_USERNAME and ODOO_MCP_TEST_19_PASSWORD' \
    '(likewise with 14, 17 or 18 in place of 19).' >&2
  exit 3
fi

umask 022
export LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive
LAB=$(realpath -m "${ODOO_MCP_LAB:-/var/tmp/odoo-mcp-lab}") OFFSET=${ODOO_MCP_LAB_PORT_OFFSET:-0} KEYRINGS=/usr/share/keyrings
exec 8>&2
trap explain_failure EXIT
for each in ${2:-19 14}; do
  choose "$each"
  "$1"
done
