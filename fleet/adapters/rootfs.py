# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A root filesystem made of layers, in namespaces of its own, where programs can be run.

Mounts, processes, network, names: nothing is shared with this computer, and everything is gone
when the context ends or this program dies, even killed. Kernel settings are read only, no
device of this computer can be opened, and no service starts. What the system writes is in the
upper folder, and only that.
"""

from __future__ import annotations

import json
import os
import select
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from fleet.adapters import process, rootfs_holder
from fleet.adapters.process import Finished
from fleet.errors import FleetError
from fleet.i18n import _

_START_S = 30
_END_S = 15
_SYNC_S = 600
_NAMESPACES = ("--mount", "--pid", "--net", "--ipc", "--uts")
# What container engines leave to root: no modules, clock, reboot, mounts, raw disks, kernel log.
_CAPABILITIES = (
    "chown", "dac_override", "fowner", "fsetid", "kill", "setgid", "setuid", "setpcap",
    "net_bind_service", "net_admin", "net_raw", "sys_chroot", "mknod", "audit_write", "setfcap",
)  # fmt: skip
_ENVIRONMENT = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "LC_ALL": "C.UTF-8",
    "HOME": "/root",
    "USER": "root",
    "LOGNAME": "root",
    "SHELL": "/bin/sh",
    "TERM": "dumb",
    "TZ": "UTC",
    "DEBIAN_FRONTEND": "noninteractive",
    "DEBCONF_NONINTERACTIVE_SEEN": "true",
    "SYSTEMD_OFFLINE": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rootfs:
    """An open root filesystem.

    ``enter`` starts any command that runs inside; ``root`` is where the same files are for the
    programs that it starts, and ``outside`` for this one (an absolute link in it leads out:
    write through ``enter``).
    """

    enter: tuple[str, ...]
    root: str
    outside: Path

    def run(self, command: Sequence[str], *, timeout_s: float, check: bool = True) -> Finished:
        """Run a program inside, as ``fleet.adapters.process.run`` does outside."""
        return process.run((*self.enter, *command), timeout_s=timeout_s, check=check)

    def stream(
        self, command: Sequence[str], *, stall_s: float, log: Path | None = None
    ) -> Iterator[str]:
        """Yield the lines that a program prints inside; see ``process.stream``."""
        return process.stream((*self.enter, *command), stall_s=stall_s, name=command[0], log=log)


@contextmanager
def open_rootfs(
    lower: Sequence[Path],
    upper: Path,
    work: Path,
    *,
    binds: Mapping[Path, str] | None = None,
    epoch: int | None = None,
) -> Iterator[Rootfs]:
    """Open layers, uppermost first, and the folder that is written.

    ``work`` is scratch, on the same disk as ``upper``; it is emptied. ``binds`` shows folders
    (what is written there is forgotten) and files (read only) of this computer. ``epoch``
    becomes SOURCE_DATE_EPOCH. Once the context has ended without an error, ``upper`` is on
    the disk and complete.
    """
    _make_ready(lower, upper, work)
    spec = _spec("root", lower=lower, upper=upper, work=work, stage=work, binds=binds)
    with _held(spec) as pid:
        root = f"/proc/{pid}/root/root"
        enter = (*_nsenter(pid), f"--root={root}", f"--wd={root}", "--", *_as_container(epoch))
        yield Rootfs(enter=enter, root=root, outside=Path(root))
    _take_back_stand_ins(upper)
    _make_durable(upper, work)


@contextmanager
def open_view(
    lower: Sequence[Path], *, upper: Path | None = None, work: Path | None = None
) -> Iterator[Rootfs]:
    """Show layers, uppermost first, to programs of this computer, run by ``enter``.

    Exactly what the layers hold: no /proc, no /run, nothing to leave out when packing. Read
    only, unless an ``upper`` folder is given, with its ``work`` folder.
    """
    if upper and work:
        _make_ready(lower, upper, work)
    with _held(_spec("view", lower=lower, upper=upper, work=work)) as pid:
        root = str(lower[0].absolute())
        outside = Path(f"/proc/{pid}/root{root}")
        yield Rootfs(enter=(*_nsenter(pid), "--"), root=root, outside=outside)
    if upper and work:
        _make_durable(upper, work)


@contextmanager
def private_host(written: Path, scratch: Path, *, kept: Sequence[Path] = ()) -> Iterator[Rootfs]:
    """Keep this computer's files for programs that must mount, such as mmdebstrap.

    Their mounts and processes are private and end with the context, there is no network, and
    kernel settings are read only. They write in ``written``, an empty folder, at full speed:
    it is on the disk when the context ends. What they write in the ``kept`` folders is
    forgotten. ``scratch`` is an empty folder on the disk of ``written``.
    """
    binds = {folder: str(folder.absolute()) for folder in kept}
    work, stage = scratch / "work", scratch / "stage"
    _make_ready((), written, work)
    stage.mkdir()
    with _held(_spec("host", upper=written, work=work, stage=stage, binds=binds)) as pid:
        yield Rootfs(enter=(*_nsenter(pid), "--"), root="/", outside=Path("/"))
    _make_durable(written, work)


def _spec(
    kind: str,
    *,
    lower: Sequence[Path] = (),
    upper: Path | None = None,
    work: Path | None = None,
    stage: Path | None = None,
    binds: Mapping[Path, str] | None = None,
) -> rootfs_holder.Spec:
    return {
        "kind": kind,
        "lower": [str(folder.absolute()) for folder in lower],
        "upper": str(upper.absolute()) if upper else "",
        "work": str(work.absolute()) if work else "",
        "stage": str(stage.absolute()) if stage else "",
        "binds": [(str(source.absolute()), inside) for source, inside in (binds or {}).items()],
    }


@contextmanager
def _held(spec: rootfs_holder.Spec) -> Iterator[int]:
    """Hold namespaces; yield the number of their first process."""
    holder = _start(spec)
    try:
        yield _wait_until_ready(holder)
    finally:
        _stop(holder)


def _start(spec: rootfs_holder.Spec) -> subprocess.Popen[str]:
    script = [sys.executable, "-I", "-S", str(rootfs_holder.__file__), json.dumps(spec)]
    unshare = [process.require("unshare"), *_NAMESPACES, "--fork", "--kill-child"]
    return subprocess.Popen(
        [*unshare, *script],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        cwd="/", start_new_session=True,
    )  # fmt: skip


def _wait_until_ready(holder: subprocess.Popen[str]) -> int:
    assert holder.stdout is not None  # noqa: S101  (asked for by PIPE)
    ready, _w, _x = select.select([holder.stdout], [], [], _START_S)
    said = holder.stdout.readline().strip() if ready else ""
    if said.isdigit():
        return int(said)
    holder.kill()
    reason = holder.communicate()[1].strip().splitlines()
    raise _cannot_open(reason[-1] if reason else _("its first process does not answer"))


def _cannot_open(why: str) -> FleetError:
    return FleetError(
        _("The root filesystem cannot be opened: {why}.").format(why=why),
        hint=_("This needs root, and a kernel with overlay filesystems and namespaces."),
    )


def _stop(holder: subprocess.Popen[str]) -> None:
    """End the first process, which ends all others, and wait until its mounts are gone."""
    try:
        holder.communicate(timeout=_END_S)
    except subprocess.TimeoutExpired:
        holder.kill()
        holder.communicate()


def _nsenter(pid: int) -> tuple[str, ...]:
    return (process.require("nsenter"), f"--target={pid}", *_NAMESPACES)


def _as_container(epoch: int | None) -> tuple[str, ...]:
    """Return what sets the environment, the capabilities and the umask, inside."""
    environment = dict(_ENVIRONMENT)
    if epoch is not None:
        environment["SOURCE_DATE_EPOCH"] = str(epoch)
    kept = ",".join(("-all", *(f"+{name}" for name in _CAPABILITIES)))
    return (
        "/usr/bin/env", "--ignore-environment", *(f"{k}={v}" for k, v in environment.items()),
        "/usr/bin/setpriv", f"--bounding-set={kept}", "--inh-caps=-all",
        "/bin/sh", "-c", 'umask 022; exec "$@"', "sh",
    )  # fmt: skip


def _make_ready(lower: Sequence[Path], upper: Path, work: Path) -> None:
    """Make the folders; the upper one is the system's / and gets the owner and mode of that."""
    for folder in lower:
        if not folder.is_dir():
            raise _cannot_open(_("{path} is not a folder").format(path=folder))
    work.mkdir(parents=True, exist_ok=True)
    if not upper.exists():
        upper.mkdir(parents=True)
        if lower:
            shutil.copymode(lower[0], upper)
            os.chown(upper, lower[0].stat().st_uid, lower[0].stat().st_gid)
        else:
            upper.chmod(0o755)
    _empty(work)


def _make_durable(upper: Path, work: Path) -> None:
    _empty(work)
    process.run(["sync", "--file-system", str(upper)], timeout_s=_SYNC_S)


def _empty(work: Path) -> None:
    """Forget what the overlay keeps for itself; with it there, it refuses to be mounted again."""
    for name in ("work", "index"):
        if (work / name).exists():
            shutil.rmtree(work / name)


def _take_back_stand_ins(upper: Path) -> None:
    """Remove from the upper folder the stand-ins that a change of mode or owner put there."""
    for inside, text in rootfs_holder.STAND_INS.items():
        copy = upper / inside
        if copy.is_file() and not copy.is_symlink() and copy.read_bytes() == os.fsencode(text):
            copy.unlink()
