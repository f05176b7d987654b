# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a virtual machine: start it, watch it, photograph its screen, stop it, never outlive us."""

from __future__ import annotations

import shlex
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from PIL import Image

from fleet.adapters import process
from fleet.adapters.qemu_command import PROGRAM, Acceleration, Folder, Guest, command_line
from fleet.adapters.qemu_command import firmware_files as firmware_files
from fleet.adapters.qemu_qmp import GuestGone, Monitor
from fleet.errors import FleetError, ToolMissing
from fleet.i18n import _
from fleet.model.proof import Firmware

_STOP_S = 10.0
_PRESS_EVERY_S = 60.0
# A blinking cursor covers 0.03 % of a text screen; a login prompt more than ten times that.
_DRAWN_PER_MILLION = 1500


class RunningGuest:
    """A machine that was started; ``seconds`` counts from power-on."""

    def __init__(self, folder: Folder, monitor: Monitor, program: subprocess.Popen[bytes]) -> None:
        self.folder = folder
        self.monitor = monitor
        self.version = ""
        self._program = program
        self._start = time.monotonic()
        self._positions: dict[Path, int] = {}
        self._powered_off = False

    @property
    def seconds(self) -> int:
        """Whole seconds since power-on."""
        return int(time.monotonic() - self._start)

    @property
    def running(self) -> bool:
        """Whether the emulator has not ended."""
        return self._program.poll() is None

    @property
    def powered_off(self) -> bool:
        """Whether the guest itself switched the machine off, seen in the emulator's events."""
        return self._powered_off

    def status(self) -> str:
        """Return the emulator's word: ``running``, ``internal-error`` when it gave up..."""
        return str(self.monitor.execute("query-status")["status"])

    def new_lines(self, path: Path) -> Iterator[str]:
        """Yield the whole lines that the guest wrote to a port's file since the last call."""
        position = self._positions.get(path, 0)
        with path.open("rb") as source:
            source.seek(position)
            chunk = source.read()
        whole = chunk[: chunk.rfind(b"\n") + 1]
        self._positions[path] = position + len(whole)
        yield from whole.decode("utf-8", "replace").splitlines()

    def watch(self, timeout_s: float) -> bool:
        """Wait for the machine for that long at most; False once it has ended."""
        deadline = time.monotonic() + timeout_s
        while (left := deadline - time.monotonic()) > 0:
            try:
                event = self.monitor.take_event(left)
            except GuestGone:
                return False
            self._note(event)
        return self.running

    def screenshot(self, target: Path) -> Path:
        """Write the screen as a PNG picture and return its path."""
        raw = self.folder.path / "screen.ppm"
        self.monitor.execute("screendump", {"filename": str(raw)})
        with Image.open(raw) as picture:
            picture.save(target, optimize=True)
        raw.unlink()
        return target

    def power_off(self, timeout_s: float) -> bool:
        """Press the power button and wait; True when the system itself switched off.

        It is pressed again from time to time: a system that is busy may miss it once.
        """
        deadline = time.monotonic() + timeout_s
        while (left := deadline - time.monotonic()) > 0 and self.running:
            self.monitor.execute("system_powerdown")
            if not self.watch(min(_PRESS_EVERY_S, left)):
                break
        return self._powered_off

    def stop(self) -> None:
        """End the emulator at once, whatever the guest is doing."""
        if self.running:
            with suppress(FleetError):
                self.monitor.execute("quit")
            try:
                self._program.wait(_STOP_S)
            except subprocess.TimeoutExpired:
                self._program.kill()
        self._program.wait()

    def _note(self, event: dict[str, object] | None) -> None:
        if event is not None and event.get("event") == "SHUTDOWN":
            details = event.get("data")
            reason = details.get("reason") if isinstance(details, dict) else None
            self._powered_off = self._powered_off or reason == "guest-shutdown"


@contextmanager
def started(guest: Guest, acceleration: Acceleration, folder: Path) -> Iterator[RunningGuest]:
    """Start a guest whose files go to an existing private folder; it ends with the block.

    The kernel kills it if this process dies. Raises ToolMissing, and FleetError when QEMU refuses
    to start.
    """
    files = Folder(path=folder)
    _prepare(guest, files)
    ours, theirs = socket.socketpair()
    with Monitor(ours) as monitor, theirs:
        program = _spawn(command_line(guest, acceleration, files, theirs.fileno()), files, theirs)
        theirs.close()
        running = RunningGuest(files, monitor, program)
        try:
            running.version = _greeting(monitor, files)
            yield running
        finally:
            running.stop()


def is_blank(picture: Path) -> bool:
    """Whether a screen shows one colour and next to nothing else."""
    with Image.open(picture) as image:
        grey = image.convert("L")
        counts = grey.histogram()
    drawn = sum(counts) - max(counts)
    return drawn * 1_000_000 < _DRAWN_PER_MILLION * sum(counts)


def overlay(base: Path, base_format: str, target: Path) -> Path:
    """Make a qcow2 file that reads a disk and keeps what is written to itself."""
    process.run(
        ["qemu-img", "create", "-q", "-f", "qcow2", "-F", base_format, "-b", str(base.resolve()),
         str(target)],
        timeout_s=30,
    )  # fmt: skip
    return target


def _prepare(guest: Guest, files: Folder) -> None:
    files.path.mkdir(mode=0o700, parents=True, exist_ok=True)
    for path in (files.serial, files.proof):
        path.write_bytes(b"")
    if guest.firmware is Firmware.UEFI:
        _code, variables = firmware_files(guest)
        shutil.copyfile(variables, files.variables)


def _spawn(command: list[str], files: Folder, channel: socket.socket) -> subprocess.Popen[bytes]:
    program = process.find(PROGRAM)
    if program is None:
        raise ToolMissing(
            _("The virtual machine program QEMU is not installed."),
            hint=_("Install it: apt-get install qemu-system-x86 qemu-utils ovmf."),
        )
    dies_with_us = ["setpriv", "--pdeathsig", "KILL", "--", program, *command[1:]]
    with files.words.open("wb") as words:
        words.write(f"{shlex.join(command)}\n".encode())
        words.flush()
        return subprocess.Popen(
            dies_with_us,
            stdin=subprocess.DEVNULL, stdout=words, stderr=words, pass_fds=(channel.fileno(),),
        )  # fmt: skip


def _greeting(monitor: Monitor, files: Folder) -> str:
    try:
        return monitor.greet()
    except GuestGone as error:
        said = files.words.read_text("utf-8", "replace").splitlines()[1:]
        raise FleetError(
            _("The virtual machine did not start: {why}").format(why=" ".join(said[-3:])),
            hint=_("Read {path}.").format(path=files.words),
        ) from error
