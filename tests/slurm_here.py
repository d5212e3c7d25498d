"""A Slurm of one node on this machine, from Debian's packages, started for tests and stopped after them."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

PROGRAMS = ("slurmctld", "slurmd", "munged", "sbatch", "squeue", "sinfo")


def missing() -> str:
    """What is not here, or why it cannot be started; "" where it can."""
    search = f"{os.environ['PATH']}:/usr/sbin:/sbin"
    gone = [name for name in PROGRAMS if shutil.which(name, path=search) is None]
    if gone:
        return f"needs {', '.join(gone)}: apt-get install slurmctld slurmd slurm-client munge"
    return "" if os.geteuid() == 0 else "Slurm's daemons are started as root"


def conf(folder: Path, cpus: int, ports: tuple[int, int]) -> str:
    """The least that a cluster of one node needs. Nothing is accounted, and no cgroup is asked for."""
    host = socket.gethostname().partition(".")[0]
    return "\n".join([
        "ClusterName=here", f"SlurmctldHost={host}(127.0.0.1)", "SlurmUser=root", "SlurmdUser=root",
        f"AuthType=auth/munge\nAuthInfo=socket={folder}/munge.socket\nCredType=cred/munge",
        f"SlurmctldPort={ports[0]}", f"SlurmdPort={ports[1]}", "MpiDefault=none", "ProctrackType=proctrack/linuxproc",
        "TaskPlugin=task/none", "ReturnToService=2", "SchedulerType=sched/backfill", "SelectType=select/cons_tres",
        "SelectTypeParameters=CR_CPU", "JobAcctGatherType=jobacct_gather/none", "SwitchType=switch/none",
        "AccountingStorageType=accounting_storage/none", "KillWait=2", "OverTimeLimit=0", "InactiveLimit=0",
        "SchedulerParameters=batch_sched_delay=0", "JobRequeue=1", "MinJobAge=10",
        f"SlurmctldPidFile={folder}/ctld.pid", f"SlurmdPidFile={folder}/d.pid", f"StateSaveLocation={folder}/state",
        f"SlurmdSpoolDir={folder}/spool", f"SlurmctldLogFile={folder}/ctld.log", f"SlurmdLogFile={folder}/d.log",
        f"NodeName={host} NodeAddr=127.0.0.1 CPUs={cpus} State=UNKNOWN",
        "PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP",
    ]) + "\n"  # fmt: skip


@contextmanager
def cluster(folder: Path, cpus: int = 2) -> Iterator[dict[str, str]]:
    """The environment in which its commands find it."""
    folder.chmod(0o755)
    for name in ("state", "spool"):
        (folder / name).mkdir()
    (folder / "munge.key").write_bytes(os.urandom(128))
    (folder / "munge.key").chmod(0o400)
    (folder / "slurm.conf").write_text(conf(folder, cpus, (_port(), _port())))
    environ = {"SLURM_CONF": f"{folder}/slurm.conf", "PATH": f"{os.environ['PATH']}:/usr/sbin:/sbin"}
    given = {**os.environ, **environ}
    munge = [
        "munged", "--foreground", "--force", f"--key-file={folder}/munge.key", f"--socket={folder}/munge.socket",
        f"--pid-file={folder}/munge.pid", f"--log-file={folder}/munge.log", f"--seed-file={folder}/munge.seed",
    ]  # fmt: skip
    with ExitStack() as stack:
        for command in (munge, ["slurmctld", "-D", "-c"], ["slurmd", "-D", "-c"]):
            log = stack.enter_context((folder / f"{command[0]}.out").open("wb"))
            daemon = subprocess.Popen(command, env=given, stdout=log, stderr=log, start_new_session=True)
            stack.callback(_stop, daemon)
            if command is munge:
                _wait(lambda: (folder / "munge.socket").exists(), folder)
        _wait(lambda: _said(["sinfo", "-h", "-o", "%T"], given) == "idle", folder)
        yield environ
        subprocess.run(["scancel", "--user=root", "--signal=KILL"], env=given, check=False)
        subprocess.run(["scancel", "--user=root"], env=given, check=False)


def _said(command: list[str], environ: dict[str, str]) -> str:
    return subprocess.run(command, env=environ, capture_output=True, text=True, check=False).stdout.strip()


def _wait(ready: Callable[[], object], folder: Path, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not ready():
        logs = "\n".join(path.read_text(errors="replace")[-2000:] for path in sorted(folder.glob("*.log")))
        assert time.monotonic() < deadline, logs
        time.sleep(0.1)


def _stop(daemon: "subprocess.Popen[bytes]") -> None:
    daemon.terminate()
    try:
        daemon.wait(10)
    except subprocess.TimeoutExpired:
        daemon.kill()
        daemon.wait()


def _port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
