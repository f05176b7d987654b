# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Drives at the level of their answers: bytes in a file, and the words of the tools that ask them.

They drive the same code as real ones. What a variant does wrong, it does to the bytes of the file,
so that a test looks at these from outside.
"""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from fleet.adapters.disk_direct import Disk, open_direct
from fleet.adapters.process import Finished
from fleet.errors import ToolMissing
from tests.reconditioning import fake_words as words

SECRET = b"Dossier de l'eleve : notes, adresse, telephone. "
MIB = 1 << 20
_IDLE, _FROZEN, _RUNNING, _FAILED = range(4)


@dataclass(kw_only=True)
class Drive:
    """One drive. Its ``path`` is a file named as the kernel would name it (sda, nvme0n1)."""

    path: Path
    model: str = "WDC WDS240G2G0B-00EPW0"
    serial: str = "20214B802136"
    rotating: bool = False
    frozen: bool = False
    password: str | None = None
    locked: bool = False
    hidden_bytes: int = 0
    hidden_by: str = "hpa"
    keeps_hiding: bool = False
    dco_silent: bool = False
    sanitize: bool = True
    sanitize_frozen: bool = False
    sanicap: int = 7
    fna: int = 4
    emmc_bits: int = 0x55
    refuses: frozenset[str] = frozenset()
    fails: frozenset[str] = frozenset()
    lies: bool = False
    stalls: bool = False
    forgets: bool = False
    drops_writes: bool = False
    loses_writes_later: bool = False
    bad_sectors: frozenset[int] = frozenset()
    ro: bool = False
    mounted: str | None = None
    transport: str | None = None
    state: int = _IDLE
    last_ended_well: bool = False
    progress: int = 0
    pending: Callable[[], None] | None = None
    asked: list[str] = field(default_factory=list)

    @property
    def bytes_now(self) -> int:
        """The size that the drive shows."""
        return self.path.stat().st_size - self.hidden_bytes

    def content(self) -> bytes:
        """What is really there, hidden places too."""
        return self.path.read_bytes()

    # What erasing does to the bytes.

    def erase(self, how: str) -> None:
        if self.lies:
            return
        size = self.path.stat().st_size
        with self.path.open("r+b") as disk:
            for at in range(0, size, MIB):
                disk.seek(at)
                disk.write(os.urandom(MIB) if how == "crypto" else bytes(MIB))
            disk.truncate(size)

    def start(self, how: str) -> None:
        """Begin a sanitize that goes on by itself, power cut or not."""
        self.state, self.progress, self.last_ended_well = _RUNNING, 0, False
        self.pending = lambda: self.erase(how)

    def pass_time(self) -> None:
        """Let a running sanitize go on."""
        if self.state != _RUNNING or self.stalls:
            return
        self.progress += 0x5000
        if self.progress <= 0xFFFF:
            return
        if "sanitize" in self.fails:
            self.state = _FAILED
            return
        if self.pending:
            self.pending()
        self.state, self.last_ended_well = _IDLE, not self.forgets

    def suspend(self) -> None:
        """What a sleep does: the firmware's freeze is gone."""
        self.frozen = False


class FakeTools:
    """Answers for a computer with these drives."""

    def __init__(self, *drives: Drive, missing: Sequence[str] = ()) -> None:
        """Take the drives, and the programs that are not installed."""
        self.drives = {str(drive.path): drive for drive in drives}
        self.missing = frozenset(missing)
        self.commands: list[tuple[str, ...]] = []
        self.told: list[tuple[str, str]] = []
        self._time = 0.0

    def run(self, command: Sequence[str], *, timeout_s: float) -> Finished:
        self.commands.append(tuple(command))
        program = command[0]
        if program in self.missing:
            raise ToolMissing(f"{program} is not installed")
        if program == "lsblk":
            return _done(json.dumps({"blockdevices": [_row(d) for d in self.drives.values()]}))
        if program == "losetup":
            return _done("")
        if "-V" in command or "version" in command or "--version" in command:
            return _done({"hdparm": "hdparm v9.65\n"}.get(program, f"{program} version 2.13\n"))
        return _PROGRAMS[program](self._drive(command), list(command))

    def _drive(self, command: Sequence[str]) -> Drive:
        return next(
            drive
            for word in command
            for path, drive in self.drives.items()
            if word == path or (word.rpartition("/")[2].startswith("nvme") and word in path)
        )

    @contextmanager
    def open(self, path: Path) -> Iterator[Disk]:
        with open_direct(path) as disk:
            yield FakeDisk(disk, self.drives[str(path)])

    def kernel(self, path: Path) -> str:
        return "s2idle [deep]" if path.name == "mem_sleep" else ""

    def tell_kernel(self, path: Path, word: str) -> None:
        self.told.append((str(path), word))

    def sleep(self, seconds: float) -> None:
        self._time += seconds

    def clock(self) -> float:
        self._time += 0.001
        return self._time


class FakeDisk:
    """A drive's bytes with its faults: sectors that fail, writes that are not kept."""

    def __init__(self, disk: Disk, drive: Drive) -> None:
        self._disk, self._drive = disk, drive

    @property
    def size_bytes(self) -> int:
        return self._drive.bytes_now

    def read(self, at: int, size: int) -> bytes:
        self._refuse_bad(at, size)
        return self._disk.read(at, size)

    def write(self, at: int, content: bytes) -> None:
        self._refuse_bad(at, len(content))
        if not self._drive.drops_writes:
            self._disk.write(at, content)

    def write_zeros(self, at: int, size: int) -> None:
        self._refuse_bad(at, size)
        if not self._drive.drops_writes and not self._drive.loses_writes_later:
            self._disk.write_zeros(at, size)

    def flush(self) -> None:
        self._disk.flush()

    def _refuse_bad(self, at: int, size: int) -> None:
        if any(at <= bad < at + size for bad in self._drive.bad_sectors):
            raise OSError(errno.EIO, "Input/output error")


def _done(stdout: str = "", stderr: str = "", status: int = 0) -> Finished:
    return Finished(status=status, stdout=stdout, stderr=stderr)


def _row(drive: Drive) -> dict[str, object]:
    name = drive.path.name
    return {
        "name": name,
        "kname": name,
        "path": str(drive.path),
        "type": "disk",
        "size": drive.bytes_now,
        "log-sec": 512,
        "ro": drive.ro,
        "rm": False,
        "rota": drive.rotating,
        "tran": drive.transport or {"n": "nvme", "m": None}.get(name[0], "sata"),
        "model": drive.model,
        "serial": drive.serial,
        "wwn": None,
        "rev": "X611",
        "label": None,
        "mountpoints": [drive.mounted],
    }


def _hdparm(drive: Drive, command: list[str]) -> Finished:
    for option, answer in _HDPARM.items():
        if option in command:
            drive.asked.append(option)
            if option in drive.refuses:
                return _done("", words.SANITIZE_REFUSED, errno.EIO)
            return answer(drive, command)
    raise AssertionError(f"the fake does not know {command}")


def _identify(drive: Drive, _command: list[str]) -> Finished:
    features = words.ATA_FEATURES.format(
        hpa=words.HPA,
        dco=words.DCO,
        sanitize=words.SANITIZE if drive.sanitize else "",
    )
    return _done(
        words.ATA_IDENTITY.format(
            path=drive.path,
            model=drive.model,
            serial=drive.serial,
            sectors=drive.bytes_now // 512,
            rate="7200" if drive.rotating else "Solid State Device",
            features=features,
            enabled="" if drive.password else "not",
            locked="" if drive.locked else "not",
            frozen="" if drive.frozen else "not",
            level="\tSecurity level high\n" if drive.password else "",
        )
    )


def _max_sectors(drive: Drive, command: list[str]) -> Finished:
    visible, whole = drive.bytes_now // 512, drive.path.stat().st_size // 512
    native = whole if drive.hidden_by == "hpa" else visible
    asked = command[command.index("-N") + 1].removeprefix("p")
    if asked.isdecimal() and int(asked) <= native and not drive.keeps_hiding:
        drive.hidden_bytes = (whole - int(asked)) * 512
        visible = int(asked)
    state = "enabled" if visible < native else "disabled"
    return _done(
        words.MAX_SECTORS.format(path=drive.path, visible=visible, native=native, state=state)
    )


def _dco(drive: Drive, command: list[str]) -> Finished:
    if drive.dco_silent:
        return _done("", "HDIO_DRIVE_CMD(dco_identify) failed: Input/output error\n", 5)
    if "--dco-restore" in command and not drive.keeps_hiding:
        drive.hidden_by, drive.hidden_bytes = "hpa", 0
        return _done(f"\n{drive.path}:\n issuing DCO restore command\n")
    real = drive.path.stat().st_size // 512
    return _done(words.DCO_IDENTIFY.format(path=drive.path, real=real))


def _sanitize_status(drive: Drive, _command: list[str]) -> Finished:
    drive.pass_time()
    if drive.state == _FAILED:
        return _done("Issuing SANITIZE_STATUS command\n", words.SANITIZE_FAILED, errno.EIO)
    state = _FROZEN if drive.sanitize_frozen else drive.state
    rows = [f"\n{drive.path}:\nIssuing SANITIZE_STATUS command\nSanitize status:\n"]
    rows.append(f"    State:    {words.SANITIZE_STATES[state]}\n")
    if state == _RUNNING:
        rows.append(f"    Progress: 0x{drive.progress:x} ({drive.progress * 100 // 0xFFFF}%)\n")
    if drive.last_ended_well:
        rows.append("    Last Sanitize Operation Completed Without Error\n")
    return _done("".join(rows))


def _sanitize(how: str) -> Callable[[Drive, list[str]], Finished]:
    def start(drive: Drive, command: list[str]) -> Finished:
        assert "--yes-i-know-what-i-am-doing" in command
        drive.start(how)
        return _done(words.SANITIZE_STARTED.format(path=drive.path, what="SANITIZE_BLOCK_ERASE"))

    return start


def _set_password(drive: Drive, command: list[str]) -> Finished:
    drive.password = command[command.index("--security-set-pass") + 1]
    return _done(f"\n{drive.path}:\n Issuing SECURITY_SET_PASS command\n")


def _security_erase(drive: Drive, command: list[str]) -> Finished:
    if "security-erase" in drive.fails:
        drive.locked = True
        return _done("security erase failed: Input/output error\n", "", errno.EIO)
    assert drive.password in command
    drive.erase("zeros")
    drive.password = None
    return _done(f"\n{drive.path}:\n Issuing SECURITY_ERASE command\n")


def _unlock(drive: Drive, command: list[str]) -> Finished:
    if drive.password not in command:
        return _done("SECURITY_UNLOCK: Input/output error\n", "", errno.EIO)
    drive.locked = False
    return _done("")


def _disable(drive: Drive, command: list[str]) -> Finished:
    if drive.password not in command or drive.locked:
        return _done("SECURITY_DISABLE: Input/output error\n", "", errno.EIO)
    drive.password = None
    return _done("")


_HDPARM: dict[str, Callable[[Drive, list[str]], Finished]] = {
    "-I": _identify,
    "-N": _max_sectors,
    "--dco-identify": _dco,
    "--dco-restore": _dco,
    "--sanitize-status": _sanitize_status,
    "--sanitize-block-erase": _sanitize("zeros"),
    "--sanitize-crypto-scramble": _sanitize("crypto"),
    "--sanitize-overwrite": _sanitize("zeros"),
    "--security-set-pass": _set_password,
    "--security-erase": _security_erase,
    "--security-erase-enhanced": _security_erase,
    "--security-unlock": _unlock,
    "--security-disable": _disable,
}


def _nvme(drive: Drive, command: list[str]) -> Finished:
    verb = command[1]
    drive.asked.append(verb)
    if verb in drive.refuses:
        return _done("", "NVMe status: Invalid Field in Command(0x4002)\n", 1)
    if verb == "id-ctrl":
        told = words.id_ctrl(drive.model, drive.serial, sanicap=drive.sanicap, fna=drive.fna)
        return _done(told)
    if verb == "id-ns":
        return _done(words.id_ns(drive.bytes_now // 512))
    if verb == "sanitize-log":
        drive.pass_time()
        state = 1 if drive.last_ended_well else drive.state
        return _done(words.sanitize_log("nvme0", state, drive.progress & 0xFFFF))
    if verb == "sanitize":
        return _nvme_sanitize(drive, command)
    assert verb == "format"
    assert "--force" in command
    assert "--lbaf=0" in command
    drive.erase("crypto" if "--ses=2" in command else "zeros")
    return _done("Success formatting namespace:1\n")


def _nvme_sanitize(drive: Drive, command: list[str]) -> Finished:
    assert command[2].endswith("nvme0"), "a sanitize is for the controller"
    if "--sanact=1" in command:
        drive.state = _IDLE
    else:
        drive.start("crypto" if "--sanact=4" in command else "zeros")
    return _done("")


def _mmc(drive: Drive, command: list[str]) -> Finished:
    if command[1] == "extcsd":
        return _done(words.EXT_CSD.format(bits=drive.emmc_bits))
    drive.asked.append("sanitize")
    if "sanitize" in drive.refuses:
        return _done("", "Could not send SANITIZE\n", 1)
    drive.erase("zeros")
    return _done("")


def _blkdiscard(drive: Drive, command: list[str]) -> Finished:
    assert "--force" in command
    drive.asked.append("secure discard" if "--secure" in command else "discard")
    if "--secure" in command:
        drive.erase("zeros")
    return _done("")


_PROGRAMS: dict[str, Callable[[Drive, list[str]], Finished]] = {
    "hdparm": _hdparm,
    "nvme": _nvme,
    "mmc": _mmc,
    "blkdiscard": _blkdiscard,
}


def filled(path: Path, size: int = 8 * MIB) -> Path:
    """Make a file full of what a family left."""
    path.write_bytes((SECRET * (size // len(SECRET) + 1))[:size])
    return path
