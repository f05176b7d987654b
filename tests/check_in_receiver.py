# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small real HTTPS server that receives check-ins, with a certificate authority of its own.

It judges with ``fleet.model.check_in`` and keeps what it knows in memory. ``plan`` makes it
answer otherwise once: a lost answer, an overload.
"""

from __future__ import annotations

import hashlib
import json
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from fleet.errors import TrustRefused
from fleet.model.check_in import (
    MAX_MESSAGE_BYTES,
    CheckIn,
    KnownMachine,
    Refusal,
    Verdict,
    answer,
    judge,
    read_check_in,
)
from fleet.services.boot_test_receiver import new_certificates
from fleet.store import sshsig

PATH = "/v1/check-in"


@dataclass(kw_only=True)
class Receiver:
    """What the server knows, and what it received."""

    url: str
    authority: Path
    tokens: dict[str, str] = field(default_factory=dict)
    known: dict[str, KnownMachine] = field(default_factory=dict)
    accepted: list[CheckIn] = field(default_factory=list)
    requests: list[bytes] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)
    plan: list[str] = field(default_factory=list)
    retry_after_s: int | None = None

    def allow(self, token: str) -> None:
        """Let one machine enrol with this token."""
        self.tokens[hashlib.sha256(token.encode("ascii")).hexdigest()[:16]] = token

    def receive(self, content: bytes) -> Verdict:
        """Judge one request, and keep what it changes."""
        self.requests.append(content)
        message = read_check_in(content)
        verdict = self._judge(message)
        self.verdicts.append(verdict)
        if message is not None and verdict.known is not None:
            self.known[message.machine] = verdict.known
            self.accepted.append(message)
        if verdict.spent_token is not None:
            del self.tokens[verdict.spent_token]
        return verdict

    def _judge(self, message: CheckIn | None) -> Verdict:
        if message is None:
            return Verdict(refusal=Refusal.MALFORMED)
        return judge(
            message,
            known=self.known.get(message.machine),
            tokens=self.tokens,
            now=int(time.time()),
            check_signature=sshsig.check,
            refused=TrustRefused,
        )


def _handler(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(min(int(self.headers["Content-Length"]), MAX_MESSAGE_BYTES))
            if self.path != PATH:
                self.send_error(404)
                return
            planned = receiver.plan.pop(0) if receiver.plan else ""
            if planned == "overloaded":
                self._say(503, {})
                return
            verdict = receiver.receive(content)
            if planned == "lost":
                self.close_connection = True
                return
            self._say(verdict.http_status, answer(verdict, retry_after_s=receiver.retry_after_s))

        def _say(self, status: int, document: object) -> None:
            content = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: tests look at what was received."""

    return Handler


@contextmanager
def receiver(folder: Path, *, port: int = 0) -> Iterator[Receiver]:
    """Serve until the block ends; ``port`` 0 takes a free one."""
    authority, certificate = write_certificates(folder)
    told = Receiver(url="", authority=authority)
    server = ThreadingHTTPServer(("127.0.0.1", port), _handler(told))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    told.url = f"https://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def write_certificates(folder: Path) -> tuple[Path, Path]:
    """Write an authority, and a server's key and certificate for 127.0.0.1."""
    folder.mkdir(parents=True, exist_ok=True)
    files = (folder / "authority.pem", folder / "server.pem")
    for file, content in zip(files, new_certificates("127.0.0.1"), strict=True):
        file.write_bytes(content)
    return files
