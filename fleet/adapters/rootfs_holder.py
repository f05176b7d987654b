# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The first process of a private set of namespaces: it mounts, says so, and waits.

Run as a script by ``unshare``, never imported by the program: standard library only. It ends,
and every mount and process of its namespaces with it, when its standard input is closed, which
the kernel does when the program that started it dies, however it dies.

What is here besides mounting serves one aim: the layer that is written must hold what the
system's own programs wrote and nothing else. Mount points and stand-in programs that the
system lacks are in a layer of their own in memory, just under the one that is written.
"""

from __future__ import annotations

import ctypes
import fcntl
import json
import os
import shutil
import signal
import socket
import stat
import struct
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TypedDict

MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REMOUNT = 1, 2, 4, 8, 32
MS_BIND, MS_REC = 4096, 16384
MNT_DETACH = 2
SYS_PIVOT_ROOT = 155 if os.uname().machine == "x86_64" else 41
PR_SET_NAME = 15
SIOCSIFFLAGS = 0x8914
IFF_UP, IFF_LOOPBACK = 1, 8

# See proc(5): what a process of the system could change on the host, or learn of it.
PROC_READ_ONLY = ("sys", "sysrq-trigger", "irq", "bus", "fs", "acpi", "scsi", "driver")
PROC_HIDDEN = ("kcore", "keys", "kmsg", "timer_list", "sched_debug", "config.gz")
DEVICES = {
    "null": (1, 3), "zero": (1, 5), "full": (1, 7), "random": (1, 8), "urandom": (1, 9),
    "tty": (5, 0),
}  # fmt: skip
DEVICE_LINKS = {
    "fd": "/proc/self/fd",
    "stdin": "/proc/self/fd/0",
    "stdout": "/proc/self/fd/1",
    "stderr": "/proc/self/fd/2",
    "ptmx": "pts/ptmx",
}
MOUNT_POINTS = ("proc", "sys", "dev", "run", "tmp")
# policy-rc.d: 101 is "action forbidden by policy" (invoke-rc.d, deb-systemd-invoke).
STAND_INS = {
    "usr/sbin/policy-rc.d": "#!/bin/sh\n# ParcLibre: no service starts here.\nexit 101\n",
    "usr/sbin/start-stop-daemon": "#!/bin/sh\n# ParcLibre: no service starts here.\nexit 0\n",
}
# Whatever the kernel's defaults are, layers can be moved, and stacked on others.
OVERLAY = "redirect_dir=off,index=off,metacopy=off"

_libc = ctypes.CDLL(None, use_errno=True)


class Spec(TypedDict):
    """What to mount; folders are paths of the host."""

    kind: str
    lower: list[str]
    upper: str
    work: str
    stage: str
    binds: list[tuple[str, str]]


def main(spec: Spec) -> None:
    """Mount what the specification asks for, say it on stdout, and hold it."""
    # In the host's /proc, which is still the one mounted: the number the host knows us by.
    pid = str(Path("/proc/self").readlink())
    _libc.prctl(PR_SET_NAME, b"init", 0, 0, 0)  # programs look at it to guess an init system
    os.umask(0o022)
    socket.sethostname("image")
    raise_loopback()
    {"root": open_root, "view": open_view, "host": open_host}[spec["kind"]](spec)
    # The dead whose parent is gone are nobody's to bury but ours.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    sys.stdout.write(f"{pid}\n")
    sys.stdout.flush()
    while os.read(0, 64):
        pass


def open_root(spec: Spec) -> None:
    """Make a whole system of the layers, in place of the host's files."""
    lower = [os.open(folder, os.O_PATH) for folder in spec["lower"]]
    upper, work = (os.open(spec[name], os.O_PATH) for name in ("upper", "work"))
    # The fds keep what they were opened on, whatever is mounted over it now.
    stage = Path(spec["stage"])
    mount("tmpfs", stage, "tmpfs", MS_NODEV, "mode=755")
    root, guard = stage / "root", stage / "guard"
    for folder in (root, guard, stage / "old"):
        folder.mkdir()
    make_guard(guard, [upper, *lower], spec["binds"])
    mount_overlay(root, [os.open(guard, os.O_PATH), *lower], upper, work)
    mount_kernel_folders(root, stage / "devices")
    show_all(spec["binds"], root, stage)
    become_root(stage)


def open_view(spec: Spec) -> None:
    """Show the layers, and nothing else, at the place of the first one."""
    lower = [os.open(folder, os.O_PATH) for folder in spec["lower"]]
    target = Path(spec["lower"][0])
    if spec["upper"]:
        upper, work = (os.open(spec[name], os.O_PATH) for name in ("upper", "work"))
        mount_overlay(target, lower, upper, work)
        return
    if len(lower) == 1:
        # An overlay without a writable layer wants two; alone, it would show its own marks.
        mount("tmpfs", target, "tmpfs", 0, "size=4k,mode=755")
        lower.append(os.open(target, os.O_PATH))
    mount("overlay", target, "overlay", MS_RDONLY | MS_NODEV, f"{OVERLAY},{lowerdir(lower)}")


def open_host(spec: Spec) -> None:
    """Keep the host's files in sight, its kernel settings read only.

    The upper folder can be written without its syncs being waited for.
    """
    stage = Path(spec["stage"])
    mount("tmpfs", stage, "tmpfs", MS_NODEV, "mode=755")
    show_all(spec["binds"], Path("/"), stage)
    (stage / "empty").mkdir()
    lower, upper, work = (
        os.open(folder, os.O_PATH) for folder in (stage / "empty", spec["upper"], spec["work"])
    )
    mount_overlay(Path(spec["upper"]), [lower], upper, work, flags=0)
    mount_proc(Path("/proc"))


def mount_kernel_folders(root: Path, devices: Path) -> None:
    """Mount /proc, /sys, /dev, /run and /tmp of a system."""
    mount_proc(root / "proc")
    # Empty: what the build machine is made of must not decide what is in an image.
    mount("tmpfs", root / "sys", "tmpfs", MS_RDONLY | MS_NODEV | MS_NOEXEC, "mode=555")
    mount_dev(root / "dev", devices)
    mount("tmpfs", root / "run", "tmpfs", MS_NODEV | MS_NOSUID, "mode=755")
    (root / "run/lock").mkdir()
    (root / "run/lock").chmod(0o1777)
    mount("tmpfs", root / "tmp", "tmpfs", MS_NODEV | MS_NOSUID, "mode=1777")


def mount_proc(proc: Path) -> None:
    """Mount a /proc of these namespaces, through which the host's kernel cannot be set."""
    mount("proc", proc, "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC)
    for name in PROC_READ_ONLY:
        if (proc / name).exists():
            bind(proc / name, proc / name)
            mount("", proc / name, "", MS_REMOUNT | MS_BIND | MS_RDONLY)
    for name in PROC_HIDDEN:
        if (proc / name).exists():
            bind(Path("/dev/null"), proc / name)


def mount_dev(dev: Path, devices: Path) -> None:
    """Mount a /dev with harmless devices and terminals of its own; no other can be made there."""
    devices.mkdir()
    mount("tmpfs", devices, "tmpfs", MS_NOSUID, "mode=755")
    mount("tmpfs", dev, "tmpfs", MS_NOSUID | MS_NODEV, "mode=755")
    for name, numbers in DEVICES.items():
        os.mknod(devices / name, stat.S_IFCHR | 0o666, os.makedev(*numbers))
        (devices / name).chmod(0o666)
        (dev / name).touch()
        bind(devices / name, dev / name)
    for name, target in DEVICE_LINKS.items():
        (dev / name).symlink_to(target)
    (dev / "pts").mkdir()
    (dev / "shm").mkdir()
    mount("devpts", dev / "pts", "devpts", MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=666,gid=5")
    mount("tmpfs", dev / "shm", "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777")


def make_guard(guard: Path, layers: Sequence[int], binds: Sequence[tuple[str, str]]) -> None:
    """Fill the layer of mount points and stand-ins with what the other layers lack."""
    for source, place in (*(("/", name) for name in MOUNT_POINTS), *binds):
        inside = place.lstrip("/")
        if first_with(layers, inside) is None:
            make_place(guard, layers, inside, Path(source).is_dir())
    for inside, text in STAND_INS.items():
        if inside.endswith("policy-rc.d") or first_with(layers, inside) is not None:
            make_folders(guard, layers, str(Path(inside).parent))
            (guard / inside).write_text(text)
            (guard / inside).chmod(0o755)
    for folder, _, _ in os.walk(guard, topdown=False):
        imitate(Path(folder), layers, str(Path(folder).relative_to(guard)))


def make_place(guard: Path, layers: Sequence[int], inside: str, is_folder: bool) -> None:
    """Make a mount point."""
    if is_folder:
        make_folders(guard, layers, inside)
    else:
        make_folders(guard, layers, str(Path(inside).parent))
        (guard / inside).touch()


def make_folders(guard: Path, layers: Sequence[int], inside: str) -> None:
    """Make a folder of the guard; one that a layer has as a link is left to that layer."""
    for part in (*reversed(Path(inside).parents[:-1]), Path(inside)):
        layer = first_with(layers, str(part))
        if layer is not None and (layer / part).is_symlink():
            return
        (guard / part).mkdir(exist_ok=True)


def imitate(folder: Path, layers: Sequence[int], inside: str) -> None:
    """Give a folder the owner, mode and date of the one it will stand before."""
    layer = first_with(layers, inside)
    if layer is not None:
        shutil.copystat(layer / inside, folder)
        facts = (layer / inside).stat()
        os.chown(folder, facts.st_uid, facts.st_gid)


def first_with(layers: Sequence[int], inside: str) -> Path | None:
    """Return the uppermost layer that has this path."""
    folders = (Path(f"/proc/self/fd/{layer}") for layer in layers)
    return next((folder for folder in folders if os.path.lexists(folder / inside)), None)


def show_all(binds: Sequence[tuple[str, str]], root: Path, stage: Path) -> None:
    """Show folders and files of the host in the system."""
    for number, (source, inside) in enumerate(binds):
        show(Path(source), root / inside.lstrip("/"), stage / f"bind{number}")


def show(source: Path, target: Path, stage: Path) -> None:
    """Show a folder of the host; what is written there stays in memory. A file is read only."""
    if not target.exists():  # below /run or /tmp, which are new
        target.parent.mkdir(parents=True, exist_ok=True)
        target.mkdir() if source.is_dir() else target.touch()
    if not source.is_dir():
        bind(source, target)
        mount("", target, "", MS_REMOUNT | MS_BIND | MS_RDONLY)
        return
    for name in ("upper", "work"):
        (stage / name).mkdir(parents=True)
    mount_overlay(
        target,
        [os.open(source, os.O_PATH)],
        os.open(stage / "upper", os.O_PATH),
        os.open(stage / "work", os.O_PATH),
    )


def mount_overlay(
    target: Path, lower: Sequence[int], upper: int, work: int, *, flags: int = MS_NODEV
) -> None:
    """Mount layers, uppermost first. By default nothing in them can be opened as a device.

    Volatile: a layer that was not ended in order is thrown away, so its syncs are in vain.
    """
    options = f"upperdir=/proc/self/fd/{upper},workdir=/proc/self/fd/{work},volatile"
    mount("overlay", target, "overlay", flags, f"{OVERLAY},{lowerdir(lower)},{options}")


def lowerdir(lower: Sequence[int]) -> str:
    """Name layers by descriptor: short enough for mount(2), no path to be escaped."""
    return "lowerdir=" + ":".join(f"/proc/self/fd/{layer}" for layer in lower)


def become_root(stage: Path) -> None:
    """Leave the host's files behind: what is not below the stage is out of reach."""
    os.chdir(stage)
    checked(_libc.syscall(SYS_PIVOT_ROOT, b".", b"old"), "pivot_root")
    checked(_libc.umount2(b"/old", MNT_DETACH), "umount")
    os.chdir("/")


def raise_loopback() -> None:
    """Bring up the only network interface there is."""
    with socket.socket() as anything:
        request = struct.pack("16sh14x", b"lo", IFF_UP | IFF_LOOPBACK)
        fcntl.ioctl(anything, SIOCSIFFLAGS, request)


def bind(source: Path, target: Path) -> None:
    """Show a file or folder at another place."""
    mount(str(source), target, "", MS_BIND | MS_REC)


def mount(source: str, target: Path | str, kind: str, flags: int, data: str = "") -> None:
    """mount(2)."""
    words = (os.fsencode(word) for word in (source, target, kind))
    checked(_libc.mount(*words, flags, os.fsencode(data)), f"mount {kind or source} {target}")


def checked(status: int, what: str) -> None:
    """Raise for a system call that failed."""
    if status:
        raise OSError(ctypes.get_errno(), f"{what}: {os.strerror(ctypes.get_errno())}")


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
