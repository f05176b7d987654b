# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Talk to a running QEMU: its JSON monitor protocol (QMP), over a socket nobody else holds."""

from __future__ import annotations

import json
import select
import socket
import time
from collections import deque
from collections.abc import Mapping
from types import TracebackType
from typing import Any

from fleet.errors import FleetError
from fleet.i18n import _

# A loaded machine that translates a guest may take long to answer.
_ANSWER_S = 180.0
_CHUNK_BYTES = 65536


class GuestGone(FleetError):
    """The emulator closed its monitor (it ended, or was killed), or left a command unanswered."""

    def __init__(self, message: str, *, command: str = "") -> None:
        super().__init__(message)
        self.command = command


class Monitor:
    """One QMP session. Events that come between answers are kept for ``take_event``."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection
        self._pending = b""
        self._events: deque[dict[str, Any]] = deque()
        self._closed = False

    def __enter__(self) -> Monitor:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._socket.close()

    def greet(self) -> str:
        """Open the session; returns the emulator's version, such as ``7.2.22``."""
        greeting = self._answer("QMP", time.monotonic() + _ANSWER_S)
        number = greeting["QMP"]["version"]["qemu"]
        self.execute("qmp_capabilities")
        return f"{number['major']}.{number['minor']}.{number['micro']}"

    def execute(self, command: str, arguments: Mapping[str, Any] | None = None) -> Any:
        """Send a command and return its answer. Raises FleetError when QEMU refuses it."""
        self._send({"execute": command, "arguments": dict(arguments or {})})
        message = self._answer(command, time.monotonic() + _ANSWER_S)
        if "error" in message:
            raise FleetError(
                _("The virtual machine refused « {command} »: {why}").format(
                    command=command, why=message["error"].get("desc", "")
                )
            )
        return message["return"]

    def take_event(self, timeout_s: float) -> dict[str, Any] | None:
        """Return the next event, or None when none comes in time. Raises GuestGone."""
        if self._events:
            return self._events.popleft()
        try:
            message = self._read(time.monotonic() + timeout_s)
        except TimeoutError:
            return None
        return message if "event" in message else None

    def _answer(self, command: str, deadline: float) -> dict[str, Any]:
        """Return the next message that is not an event; events are kept."""
        try:
            while "event" in (message := self._read(deadline)):
                self._events.append(message)
        except TimeoutError as error:
            raise GuestGone(
                _("The virtual machine does not answer « {command} ».").format(command=command),
                command=command,
            ) from error
        return message

    def _send(self, message: Mapping[str, Any]) -> None:
        try:
            self._socket.sendall(json.dumps(message).encode("utf-8") + b"\n")
        except OSError as error:
            raise _gone() from error

    def _read(self, deadline: float) -> dict[str, Any]:
        """Return the next message. Raises TimeoutError or GuestGone."""
        while b"\n" not in self._pending:
            self._receive(deadline)
        line, _newline, self._pending = self._pending.partition(b"\n")
        message: dict[str, Any] = json.loads(line)
        return message

    def _receive(self, deadline: float) -> None:
        remaining = deadline - time.monotonic()
        if not select.select([self._socket], [], [], max(0.0, remaining))[0]:
            raise TimeoutError
        try:
            chunk = self._socket.recv(_CHUNK_BYTES)
        except OSError as error:
            raise _gone() from error
        if not chunk:
            raise _gone()
        self._pending += chunk


def _gone() -> GuestGone:
    return GuestGone(_("The virtual machine ended by itself."))
