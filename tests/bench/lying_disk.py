# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A disk that lies: it acknowledges writes and keeps the old bytes. For QEMU, over NBD.

A server of the NBD protocol (fixed newstyle, no TLS, simple replies) on a socket of its own, in a
thread. What it forgets is chosen by place; the file behind is read from outside afterwards.
"""

from __future__ import annotations

import os
import socket
import struct
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

_MAGIC = b"NBDMAGIC"
_OPTION = b"IHAVEOPT"
_OPTION_REPLY = 0x3E889045565A9
_REQUEST, _REPLY = 0x25609513, 0x67446698
_FLAGS = 0x1 | 0x4 | 0x20 | 0x40  # has flags, flush, trim, write zeroes
_READ, _WRITE, _DISCONNECT, _FLUSH, _TRIM, _ZEROES = 0, 1, 2, 3, 4, 6
_EXPORT_NAME, _ABORT, _INFO, _GO = 1, 2, 6, 7
_ACK, _INFO_REPLY, _UNSUPPORTED = 1, 3, 0x80000001

Forgets = Callable[[int, int], bool]


def everything(_offset: int, _length: int) -> bool:
    """Forget every write."""
    return True


def every_hundredth_mebibyte(offset: int, _length: int) -> bool:
    """Forget one write in a hundred or so, by its place: what a sample may miss."""
    return (offset >> 20) % 100 == 7


def the_eighth_mebibyte(offset: int, length: int) -> bool:
    """Forget each write that touches it: one place, where a whole reading finds the old data."""
    return offset < 8 << 20 and offset + length > 7 << 20


class LyingDisk:
    """Serves a raw file whose writes are forgotten where ``forgets`` says so."""

    def __init__(self, path: Path, folder: Path, forgets: Forgets = everything) -> None:
        self.path, self.forgets = path, forgets
        self.socket = folder / f"{path.name}.nbd"
        self.forgotten = 0

    def __enter__(self) -> LyingDisk:
        self._file = os.open(self.path, os.O_RDWR)
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(self.socket))
        self._listener.listen()
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._listener.close()
        self.socket.unlink(missing_ok=True)
        os.close(self._file)

    def _serve(self) -> None:
        while True:
            try:
                line, _address = self._listener.accept()
            except OSError:
                return
            with line:
                try:
                    if self._negotiate(line):
                        self._transmit(line)
                except (ConnectionError, OSError):
                    continue

    def _negotiate(self, line: socket.socket) -> bool:
        line.sendall(_MAGIC + _OPTION + struct.pack(">H", 3))
        _take(line, 4)
        size = os.fstat(self._file).st_size
        while True:
            magic, option, length = struct.unpack(">8sII", _take(line, 16))
            assert magic == _OPTION
            _take(line, length)
            if option == _EXPORT_NAME:
                line.sendall(struct.pack(">QH", size, _FLAGS))
                return True
            if option in (_INFO, _GO):
                info = struct.pack(">HQH", 0, size, _FLAGS)
                line.sendall(_option_reply(option, _INFO_REPLY, info))
                line.sendall(_option_reply(option, _ACK))
                if option == _GO:
                    return True
            else:
                line.sendall(_option_reply(option, _ACK if option == _ABORT else _UNSUPPORTED))
                if option == _ABORT:
                    return False

    def _transmit(self, line: socket.socket) -> None:
        while True:
            head = struct.unpack(">IHHQQI", _take(line, 28))
            _magic, _flags, kind, handle, offset, length = head
            content = _take(line, length) if kind == _WRITE else b""
            if kind == _DISCONNECT:
                return
            answer = self._answer(kind, offset, length, content)
            line.sendall(struct.pack(">IIQ", _REPLY, 0, handle) + answer)

    def _answer(self, kind: int, offset: int, length: int, content: bytes) -> bytes:
        if kind == _READ:
            return os.pread(self._file, length, offset).ljust(length, b"\0")
        if kind in (_WRITE, _ZEROES, _TRIM):
            if self.forgets(offset, length):
                self.forgotten += 1
            elif kind != _TRIM:
                os.pwrite(self._file, content or bytes(length), offset)
        elif kind == _FLUSH:
            os.fsync(self._file)
        return b""


def _option_reply(option: int, kind: int, content: bytes = b"") -> bytes:
    return struct.pack(">QIII", _OPTION_REPLY, option, kind, len(content)) + content


def _take(line: socket.socket, length: int) -> bytes:
    content = bytearray()
    while len(content) < length:
        chunk = line.recv(length - len(content))
        if not chunk:
            raise ConnectionError
        content += chunk
    return bytes(content)
