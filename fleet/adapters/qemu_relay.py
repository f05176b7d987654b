# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One connection of a guest, passed on to one port of this computer.

QEMU starts this program for each connection that a restricted guest makes to the check-in
receiver: standard input and output are the guest's end. Standard library only.
"""

from __future__ import annotations

import os
import selectors
import socket
import sys

_CHUNK_BYTES = 65536


def relay(port: int) -> None:
    """Copy bytes both ways until the receiver closes; the guest may have closed its end before."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as there:
        there.settimeout(None)
        with selectors.DefaultSelector() as ready:
            ready.register(0, selectors.EVENT_READ)
            ready.register(there, selectors.EVENT_READ)
            while _step(ready, there):
                pass


def _step(ready: selectors.BaseSelector, there: socket.socket) -> bool:
    for key, _mask in ready.select():
        if key.fileobj == 0:
            _from_guest(ready, there)
        elif not _from_receiver(there):
            return False
    return True


def _from_guest(ready: selectors.BaseSelector, there: socket.socket) -> None:
    if chunk := os.read(0, _CHUNK_BYTES):
        there.sendall(chunk)
    else:
        ready.unregister(0)
        there.shutdown(socket.SHUT_WR)


def _from_receiver(there: socket.socket) -> bool:
    chunk = memoryview(there.recv(_CHUNK_BYTES))
    more = bool(chunk)
    while chunk:
        chunk = chunk[os.write(1, chunk) :]
    return more


if __name__ == "__main__":
    relay(int(sys.argv[1]))
