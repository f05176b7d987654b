# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A PC on the bench, in QEMU: it starts from a key, has the disks asked for, and is typed at.

    with KeyMachine(key, Firmware.UEFI, folder, disks=(Target(path, "hdd"),)) as pc:
        pc.expect("Quel est votre clavier")
        pc.type("1")

The conversation is on the serial line: the key is made with ``--kernel-arguments`` that name it
(``SERIAL``). All is translated (TCG): times are ten to thirty times those of a real PC. ``cut()``
is the plug pulled. A disk may be faulty (``Fault``: QEMU's blkdebug, or a ``LyingDisk``); the test
reads its raw file from outside afterwards. QEMU dies with the process.
"""

from __future__ import annotations

import codecs
import json
import os
import re
import select
import shutil
import socket
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

from PIL import Image

from fleet.adapters.qemu_command import Guest, firmware_files
from fleet.adapters.qemu_qmp import Monitor
from fleet.model.proof import Firmware

#: What makes a key speak on the serial line, and gives a translated machine its time.
SERIAL = (
    "console=tty0 console=ttyS0,115200 systemd.default_timeout_start_sec=1800"
    " systemd.default_device_timeout_sec=1800 udev.event_timeout=1800 panic=20"
    # A starved host delivers the timer's ticks late, which the kernel takes for a broken board.
    " no_timer_check"
)
#: In front of another machine's work, on two processors.
BOOT_S = 1500
# What makes it one PC and not another: without these, all virtual machines look alike.
_IDENTITY = ("-uuid", "5f0c8a52-3c1e-4c0e-9d1a-0b8f6a7c2e11",
             "-smbios", "type=1,manufacturer=Essai,product=Portable 14,serial=PF0CLE01",
             "-smbios", "type=2,serial=L1CLE0000001")  # fmt: skip
_UNENDED = re.compile(r"\x1b(?:\[[ -?]*|[()]|\][^\x07]*)?$")
_ANSI = re.compile(r"\x1b(?:\[[ -?]*[@-~]|[()][0-9A-B]|[=>78c]|\][^\x07]*\x07)|\x07|\r")
Kind = Literal["hdd", "ssd", "nvme", "virtio"]


class NotSeen(AssertionError):
    """What was expected on the serial line did not come; the message ends with what did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """How a disk lies or fails: blkdebug rules, as QEMU's JSON words them.

    ``inject_errors`` are its ``inject-error`` rules (``event``, ``errno``, ``sector``, ``iotype``,
    ``once``). ``nbd`` is the socket of a ``LyingDisk`` that serves the file instead.
    """

    inject_errors: tuple[dict[str, Any], ...] = ()
    nbd: Path | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """A disk inside the machine."""

    path: Path
    kind: Kind
    serial: str = "DISQUE01"
    fault: Fault | None = None
    #: Bytes per second, both ways; None: as fast as it goes.
    bytes_per_s: int | None = None


class KeyMachine:
    """A machine with a key in it; starts with the block, dies with it."""

    def __init__(
        self,
        key: Path | None,
        firmware: Firmware,
        folder: Path,
        *,
        disks: Sequence[Target] = (),
        disc: Path | None = None,
        memory_mib: int = 2048,
        rtc: str = "utc",
        secure_boot: bool = True,
    ) -> None:
        self.key, self.disc, self.folder, self.disks = key, disc, folder, tuple(disks)
        self.guest = Guest(
            firmware=firmware,
            secure_boot=secure_boot and firmware is Firmware.UEFI,
            memory_mib=memory_mib,
        )
        self.rtc = rtc
        self.text = ""
        self._raw = b""
        self._decode = codecs.getincrementaldecoder("utf-8")("replace")
        self._seen = 0
        self._program: subprocess.Popen[bytes] | None = None

    # --- life --------------------------------------------------------------------------------

    def __enter__(self) -> KeyMachine:
        self.folder.mkdir(parents=True, exist_ok=True)
        if self.guest.firmware is Firmware.UEFI:
            _code, variables = firmware_files(self.guest)
            shutil.copyfile(variables, self.folder / "variables.fd")
        self._line, line = socket.socketpair()
        self._control, control = socket.socketpair()
        self._monitor = Monitor(self._control)
        words = (self.folder / "qemu.log").open("ab")
        command = self.command(line.fileno(), control.fileno())
        self._program = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", "--", *command],
            stdin=subprocess.DEVNULL, stdout=words, stderr=words,
            pass_fds=(line.fileno(), control.fileno()),
        )  # fmt: skip
        words.close()
        line.close()
        control.close()
        self._began = time.monotonic()
        self._monitor.greet()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.cut()
        self._control.close()
        self._line.close()

    @property
    def seconds(self) -> float:
        """Seconds since power-on."""
        return time.monotonic() - self._began

    @property
    def processor_s(self) -> float:
        """Processor time that QEMU took since power-on: comparable when the host is busy."""
        if self._program is None:
            return 0.0
        fields = (
            Path(f"/proc/{self._program.pid}/stat").read_text("ascii").rsplit(")", 1)[1].split()
        )
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    @property
    def running(self) -> bool:
        """Whether the machine is on."""
        return self._program is not None and self._program.poll() is None

    def cut(self) -> None:
        """Pull the plug: nothing in the machine gets a chance to finish."""
        if self._program is not None:
            self._program.kill()
            self._program.wait()

    def wait_off(self, timeout_s: float = 300) -> bool:
        """Wait until the machine has switched itself off."""
        deadline = time.monotonic() + timeout_s
        while self.running and time.monotonic() < deadline:
            self._read(0.5)
        return not self.running

    def screenshot(self, target: Path) -> Path:
        """Write the screen (not the serial line) as a PNG picture."""
        raw = self.folder / "screen.ppm"
        self._monitor.execute("screendump", {"filename": str(raw)})
        with Image.open(raw) as picture:
            picture.save(target, optimize=True)
        raw.unlink()
        return target

    def pull_key(self) -> None:
        """Pull the key out of the running machine."""
        self._monitor.execute("device_del", {"id": "key-stick"})

    # --- conversation ------------------------------------------------------------------------

    def expect(self, pattern: str, timeout_s: float = BOOT_S) -> re.Match[str]:
        """Wait for a text after all that was expected before. Raises NotSeen."""
        deadline = time.monotonic() + timeout_s
        wanted = re.compile(pattern)
        while True:
            found = wanted.search(self.text, self._seen)
            if found:
                self._seen = found.end()
                return found
            if time.monotonic() > deadline or not (self._read(1.0) or self.running):
                state = "" if self.running else " (the machine is off)"
                raise NotSeen(f"« {pattern} » did not come{state}:\n{self.text[-3000:]}")

    def type(self, text: str = "") -> None:
        """Type a line."""
        self.press(text.encode() + b"\r")

    def press(self, keys: bytes) -> None:
        """Send bytes as they are: keys of a full-screen program."""
        self._line.sendall(keys)

    def shell(self, command: str, timeout_s: float = 300) -> str:
        """Run a command in a shell that is open on the line; return what it printed."""
        mark = f"fini{len(self.text)}"
        self.type(f"{command}; echo {mark[:4]}''{mark[4:]}=$?")
        start = self._seen
        found = self.expect(mark + r"=(\d+)", timeout_s)
        said = self.text[start : found.start()]
        assert found[1] == "0", said
        # The line typed comes back once by the terminal, and once more after the prompt.
        echo = f"{mark[:4]}''{mark[4:]}"
        return said.rpartition(echo)[2].partition("\n")[2]

    def _read(self, timeout_s: float) -> bool:
        """Take in what came; False when nothing did."""
        if not select.select([self._line], [], [], timeout_s)[0]:
            return False
        try:
            chunk = os.read(self._line.fileno(), 65536)
        except OSError:
            return False
        self._raw += chunk
        # A letter of two bytes, or a sequence that moves the cursor, may be cut between two reads.
        whole = self._decode.decode(self._raw)
        cut = _UNENDED.search(whole)
        self._raw = whole[cut.start() :].encode() if cut else b""
        plain = _ANSI.sub("", whole[: cut.start()] if cut else whole)
        self.text += plain
        with (self.folder / "serial.log").open("a", encoding="utf-8") as log:
            log.write(plain)
        return bool(chunk)

    # --- what it is made of ------------------------------------------------------------------

    def command(self, line_fd: int, control_fd: int) -> list[str]:
        """Return QEMU's command line."""
        secure = self.guest.secure_boot
        words = [
            "qemu-system-x86_64", "-nodefaults", "-no-user-config",
            "-machine", "q35,smm=on" if secure else "q35",
            # The guest's time is what it executes: else, on a busy host, the ticks of its clock
            # take all that it is given, and it stands still.
            "-accel", "tcg,tb-size=1024", "-icount", "shift=3,sleep=on",
            "-cpu", "max", "-smp", "1",
            "-m", str(self.guest.memory_mib),
            "-display", "none", "-vga", "std", "-no-reboot",
            "-rtc", f"base={self.rtc}", *_IDENTITY,
            "-device", "virtio-rng-pci", "-device", "qemu-xhci,id=usb", "-nic", "none",
            "-chardev", f"socket,id=control,fd={control_fd}",
            "-mon", "chardev=control,mode=control",
            "-chardev", f"socket,id=line,fd={line_fd}", "-serial", "chardev:line",
        ]  # fmt: skip
        words += self._firmware_words()
        words += self._medium_words()
        for number, disk in enumerate(self.disks):
            words += _disk_words(disk, number)
        return words

    def _firmware_words(self) -> list[str]:
        if self.guest.firmware is Firmware.BIOS:
            return []
        code, _variables = firmware_files(self.guest)
        variables = self.folder / "variables.fd"
        words = [
            "-drive", f"if=pflash,unit=0,format=raw,readonly=on,file={code}",
            "-drive", f"if=pflash,unit=1,format=raw,file={variables}",
        ]  # fmt: skip
        if self.guest.secure_boot:
            words += ["-global", "driver=cfi.pflash01,property=secure,value=on"]
            words += ["-global", "ICH9-LPC.disable_s3=1"]
        return words

    def _medium_words(self) -> list[str]:
        words: list[str] = []
        if self.key is not None:
            words += ["-drive", f"if=none,id=key,format=raw,cache=writeback,file={self.key}"]
            first = "" if self.disc else ",bootindex=0"
            words += ["-device", "usb-storage,id=key-stick,bus=usb.0,drive=key,removable=on,"
                      f"serial=CLE0001{first}"]  # fmt: skip
        if self.disc is not None:
            words += ["-drive", f"if=none,id=disc,format=raw,readonly=on,file={self.disc}"]
            words += ["-device", "ide-cd,bus=ide.5,drive=disc,bootindex=0"]
        return words


def _disk_words(disk: Target, number: int) -> list[str]:
    name = f"disk{number}"
    device = {
        "hdd": f"ide-hd,bus=ide.{number},rotation_rate=7200",
        "ssd": f"ide-hd,bus=ide.{number},rotation_rate=1",
        "nvme": "nvme",
        "virtio": "virtio-blk-pci",
    }[disk.kind]
    words = ["-blockdev", json.dumps(_blockdev(disk, name))]
    if disk.bytes_per_s is not None:
        group = f"limit{number}"
        words = [
            "-object", f"throttle-group,id={group},x-bps-total={disk.bytes_per_s}",
            "-blockdev", json.dumps(_blockdev(disk, f"{name}-fast")),
            "-blockdev", json.dumps({
                "driver": "throttle", "node-name": name, "throttle-group": group,
                "file": f"{name}-fast",
            }),
        ]  # fmt: skip
    return [*words, "-device", f"{device},drive={name},serial={disk.serial}"]


def _blockdev(disk: Target, name: str) -> dict[str, Any]:
    file: dict[str, Any] = {"driver": "file", "filename": str(disk.path), "discard": "unmap"}
    if disk.fault is not None and disk.fault.inject_errors:
        file = {
            "driver": "blkdebug", "image": file, "inject-error": list(disk.fault.inject_errors),
        }  # fmt: skip
    if disk.fault is not None and disk.fault.nbd is not None:
        file = {"driver": "nbd", "server": {"type": "unix", "path": str(disk.fault.nbd)}}
    return {"driver": "raw", "node-name": name, "discard": "unmap", "file": file}
