# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The monitor's protocol against a scripted emulator, and the relay to the check-in receiver."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from fleet.adapters import qemu_qmp, qemu_relay
from fleet.adapters.qemu_qmp import GuestGone, Monitor
from fleet.errors import FleetError

GREETING = {"QMP": {"version": {"qemu": {"major": 7, "minor": 2, "micro": 22}}}}
EVENT = {"event": "SHUTDOWN", "data": {"reason": "guest-shutdown"}}


@pytest.fixture
def ends() -> Iterator[tuple[Monitor, socket.socket]]:
    ours, theirs = socket.socketpair()
    with Monitor(ours) as monitor, closing(theirs):
        yield monitor, theirs


def said(*messages: dict[str, Any]) -> bytes:
    return b"".join(json.dumps(message).encode() + b"\r\n" for message in messages)


def test_greeting_gives_the_emulators_version(ends: tuple[Monitor, socket.socket]) -> None:
    monitor, emulator = ends
    emulator.sendall(said(GREETING, {"return": {}}))

    assert monitor.greet() == "7.2.22"


def test_events_that_come_before_an_answer_are_kept(ends: tuple[Monitor, socket.socket]) -> None:
    monitor, emulator = ends
    emulator.sendall(said(EVENT, {"return": {"status": "running"}}))

    answer = monitor.execute("query-status")

    assert answer == {"status": "running"}
    assert monitor.take_event(0) == EVENT
    assert monitor.take_event(0) is None


def test_a_message_cut_in_two_is_read_whole(ends: tuple[Monitor, socket.socket]) -> None:
    monitor, emulator = ends
    whole = said(EVENT)

    emulator.sendall(whole[:10])
    first = monitor.take_event(0.05)
    emulator.sendall(whole[10:])

    assert first is None
    assert monitor.take_event(1) == EVENT


def test_a_refusal_carries_the_emulators_words(ends: tuple[Monitor, socket.socket]) -> None:
    monitor, emulator = ends
    emulator.sendall(said({"error": {"class": "GenericError", "desc": "no such file"}}))

    with pytest.raises(FleetError, match="no such file"):
        monitor.execute("screendump")


def test_an_emulator_that_closes_is_gone(ends: tuple[Monitor, socket.socket]) -> None:
    monitor, emulator = ends

    emulator.close()

    with pytest.raises(GuestGone):
        monitor.take_event(1)


def test_the_relay_carries_bytes_both_ways_until_the_guest_closes() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        threading.Thread(target=_answer_once, args=(server,), daemon=True).start()

        done = subprocess.run(
            [sys.executable, qemu_relay.__file__, str(port)],
            input=b"check-in\n", capture_output=True, timeout=20, check=True,
        )  # fmt: skip

    assert done.stdout == b"heard: check-in\n"


def _answer_once(server: socket.socket) -> None:
    connection, _address = server.accept()
    with connection:
        connection.sendall(b"heard: " + connection.recv(1000))


def test_a_monitor_that_never_answers_is_gone_too(
    ends: tuple[Monitor, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monitor, emulator = ends
    monkeypatch.setattr(qemu_qmp, "_ANSWER_S", 0.1)
    emulator.sendall(said(EVENT))

    with pytest.raises(GuestGone, match="screendump"):
        monitor.execute("screendump")

    assert monitor.take_event(0) == EVENT
