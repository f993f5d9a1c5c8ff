#!/usr/bin/env bash
# A real Slurm of one node on this machine, with two pretended GPUs, for the time of one command:
#   tests/slurm/cluster.sh [--accounting] COMMAND...
# Installs Slurm where it is absent (Debian, Ubuntu: apt), needs root, and stops and removes all
# that it started. Ends with the command's exit status; never skips.
# The configuration lies in /etc/slurm: Snakemake's job steps do not see $SLURM_CONF.
set -euo pipefail

MARK="# written by tests/slurm/cluster.sh"
CONF=/etc/slurm
NODE=$(hostname -s)
GPUS=2
PORT=${SLURM_TEST_PORT:-16817} # and the four after it
STORAGE=none
packages=(slurmctld slurmd slurm-client munge)
programs=(slurmctld slurmd sbatch squeue munged)
if [ "${1:-}" = --accounting ]; then
  shift
  STORAGE=slurmdbd
  packages+=(slurmdbd mariadb-server)
  programs+=(slurmdbd mariadbd)
fi

say() { echo "cluster.sh: $*" >&2; }
die() {
  say "$*"
  exit 1
}

[ $# -gt 0 ] || die "which command? $0 [--accounting] COMMAND..."
[ "$(id -u)" = 0 ] || die "Slurm's daemons need root"
if [ -e $CONF/slurm.conf ] && ! grep -q "^$MARK" $CONF/slurm.conf; then
  die "$CONF/slurm.conf is there: this machine has a Slurm of its own, which stays as it is"
fi
exec 9>/run/snakescribe-slurm-test.lock
flock 9 # one cluster at a time: its ports and its configuration are the machine's

lacking=()
for program in "${programs[@]}"; do
  command -v "$program" >/dev/null || lacking+=("$program")
done
if [ ${#lacking[@]} -gt 0 ]; then
  say "installing ${packages[*]}"
  # What Debian's packages would start by themselves is not wanted.
  export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1
  { apt-get update -qq && apt-get install -y -qq --no-install-recommends "${packages[@]}"; } \
    >/dev/null || die "Slurm could not be installed (apt-get install ${packages[*]})"
fi

ROOM=$(mktemp -d /tmp/snakescribe-slurm-XXXXXX)
chmod 755 "$ROOM"
mkdir "$ROOM"/{state,spool,log,dev}
pids=()

start() { # NAME COMMAND...: a daemon in the foreground of a job of ours
  local name=$1
  shift
  "$@" >"$ROOM/log/$name.out" 2>&1 9>&- &
  pids+=($!)
}

# shellcheck disable=SC2317  # called by trap
down() {
  local status=$?
  trap - EXIT INT TERM
  set +e
  if [ $status != 0 ]; then
    tail -n 5 "$ROOM"/log/slurm*.log >&2
  fi
  squeue --noheader --format=%A 2>/dev/null | xargs --no-run-if-empty scancel 2>/dev/null
  for _ in $(seq 100); do
    [ -z "$(squeue --noheader 2>/dev/null)" ] && break
    sleep 0.1
  done
  for ((i = ${#pids[@]} - 1; i >= 0; i--)); do
    kill "${pids[i]}" 2>/dev/null
    wait "${pids[i]}" 2>/dev/null
  done
  rm -f $CONF/slurm.conf $CONF/gres.conf $CONF/slurmdbd.conf
  rm -rf "$ROOM"
  exit $status
}
trap down EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

wait_until() { # WHAT COMMAND...: for 60 seconds at most
  local what=$1
  shift
  for _ in $(seq 600); do
    "$@" >/dev/null 2>&1 && return
    sleep 0.1
  done
  tail -n 20 "$ROOM"/log/* >&2
  die "$what did not come up"
}

mkdir -p $CONF
head -c 128 /dev/urandom >"$ROOM/munge.key"
chmod 400 "$ROOM/munge.key"
start munged munged --foreground --key-file="$ROOM/munge.key" --socket="$ROOM/munge" \
  --pid-file="$ROOM/munged.pid" --log-file="$ROOM/log/munged.log" --seed-file="$ROOM/munge.seed"
wait_until munged test -S "$ROOM/munge"

if [ $STORAGE = slurmdbd ]; then
  mkdir "$ROOM/mariadb"
  chown -R mysql "$ROOM/mariadb"
  mariadb-install-db --datadir="$ROOM/mariadb" --user=mysql >"$ROOM/log/mariadb.out" 2>&1
  start mariadbd mariadbd --no-defaults --datadir="$ROOM/mariadb" --user=mysql \
    --socket="$ROOM/mariadb/socket" --bind-address=127.0.0.1 --port=$((PORT + 3)) \
    --innodb-buffer-pool-size=64M --innodb-log-file-size=16M
  wait_until mariadbd mariadb --no-defaults --socket="$ROOM/mariadb/socket" --user=root \
    --execute="create user slurm@127.0.0.1 identified by 'slurm'; grant all on *.* to slurm@127.0.0.1"
  cat >$CONF/slurmdbd.conf <<EOT
$MARK
AuthType=auth/munge
AuthInfo=socket=$ROOM/munge
DbdHost=localhost
DbdAddr=127.0.0.1
DbdPort=$((PORT + 2))
SlurmUser=root
StorageType=accounting_storage/mysql
StorageHost=127.0.0.1
StoragePort=$((PORT + 3))
StorageUser=slurm
StoragePass=slurm
StorageLoc=slurm_test
LogFile=$ROOM/log/slurmdbd.log
PidFile=$ROOM/slurmdbd.pid
EOT
  chmod 600 $CONF/slurmdbd.conf
  start slurmdbd slurmdbd -D
fi

# A device whose name ends in a number is what makes Slurm set CUDA_VISIBLE_DEVICES.
for ((i = 0; i < GPUS; i++)); do
  mknod "$ROOM/dev/gpu$i" c 1 3 2>/dev/null || touch "$ROOM/dev/gpu$i"
done
cat >$CONF/gres.conf <<EOT
$MARK
AutoDetect=off
Name=gpu File=$ROOM/dev/gpu[0-$((GPUS - 1))]
EOT
cat >$CONF/slurm.conf <<EOT
$MARK
ClusterName=test
SlurmctldHost=$NODE(127.0.0.1)
SlurmctldPort=$PORT
SlurmdPort=$((PORT + 1))
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
AuthType=auth/munge
CredType=cred/munge
AuthInfo=socket=$ROOM/munge
SlurmUser=root
SlurmdUser=root
StateSaveLocation=$ROOM/state
SlurmdSpoolDir=$ROOM/spool
SlurmctldPidFile=$ROOM/slurmctld.pid
SlurmdPidFile=$ROOM/slurmd.pid
SlurmctldLogFile=$ROOM/log/slurmctld.log
SlurmdLogFile=$ROOM/log/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/$STORAGE
AccountingStorageHost=127.0.0.1
AccountingStoragePort=$((PORT + 2))
AccountingStoragePass=$ROOM/munge
JobCompType=jobcomp/none
MpiDefault=none
SwitchType=switch/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
SchedulerType=sched/backfill
SchedulerParameters=batch_sched_delay=0,sched_min_interval=0,bf_interval=2
GresTypes=gpu
ReturnToService=2
MinJobAge=300
KillWait=5
OverTimeLimit=0
PropagateResourceLimitsExcept=ALL
SlurmdParameters=config_overrides
NodeName=$NODE NodeAddr=127.0.0.1 CPUs=16 RealMemory=64000 Gres=gpu:$GPUS State=UNKNOWN
PartitionName=main Nodes=$NODE Default=YES MaxTime=INFINITE State=UP
EOT
if [ $STORAGE = slurmdbd ]; then
  wait_until slurmdbd sacctmgr --immediate --noheader show cluster
  sacctmgr --immediate --quiet add cluster test >/dev/null
  sacctmgr --immediate --quiet add account lab >/dev/null
  sacctmgr --immediate --quiet add user root account=lab >/dev/null
fi
start slurmctld slurmctld -D -i
start slurmd slurmd -D -N "$NODE"
idle() { sinfo --noheader --format=%T | grep -qx idle; }
wait_until "the node" idle
say "up: $(sinfo --noheader --Node --format='%N %T, %c processors, %G'), accounting: $STORAGE"
export TEST_SLURM_GPUS=$GPUS TEST_SLURM_ACCOUNTING=$STORAGE
"$@" 9>&-
