# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A virtual IPP printer on the loopback, without root: a private message bus, no announcement."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

_PATH = f"{os.environ['PATH']}:/usr/sbin:/sbin"
_WAIT_S = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class IppPrinter:
    """A printer that is on: its address, and the folder of what it received."""

    uri: str
    received: Path

    def only_page(self) -> str:
        """Return the text of the one PDF that came."""
        (document,) = self.received.glob("*.pdf")
        command = ["pdftotext", "-layout", str(document), "-"]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def skip_without_printing() -> None:
    """Skip the test, with the reason, on a computer that cannot have a virtual printer."""
    needed = ("dbus-daemon", "ippeveprinter", "ipptool", "pdftotext")
    missing = [name for name in needed if shutil.which(name, path=_PATH) is None]
    if missing:
        pytest.skip(f"missing programs: {', '.join(missing)}")


@contextmanager
def ipp_printer(
    folder: Path, *, formats: str = "application/pdf,image/urf"
) -> Iterator[IppPrinter]:
    """Switch a printer on for a moment; it says that it takes these formats."""
    received = folder / "received"
    received.mkdir()
    port = free_port()
    words = ["-r", "off", "-n", "localhost", "-p", str(port), "-k", "-d", str(received)]
    command = ["ippeveprinter", *words, "-f", formats, "Virtuelle"]
    # ippeveprinter asks a message bus for Avahi, and does without Avahi, not without the bus.
    bus = f"unix:path={folder}/bus"
    with _running(["dbus-daemon", "--session", "--nofork", "--nopidfile", f"--address={bus}"]):
        _wait_for((folder / "bus").exists)
        with _running(command, DBUS_SYSTEM_BUS_ADDRESS=bus):
            _wait_for(lambda: _listens(port))
            yield IppPrinter(uri=f"ipp://localhost:{port}/ipp/print", received=received)


def free_port() -> int:
    """Return a port of the loopback where nothing listens."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def _running(command: list[str], **environ: str) -> Iterator[None]:
    quiet = subprocess.DEVNULL
    program = subprocess.Popen(
        command, stdin=quiet, stdout=quiet, stderr=quiet,
        env={**os.environ, "PATH": _PATH, **environ},
    )  # fmt: skip
    try:
        yield
    finally:
        program.kill()
        program.wait()


def _listens(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("localhost", port)) == 0


def _wait_for(true: object) -> None:
    assert callable(true)
    deadline = time.monotonic() + _WAIT_S
    while not true():
        assert time.monotonic() < deadline, "the virtual printer did not start"
        time.sleep(0.05)
