# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The town's server as a machine under test sees it: its first check-in arrives here.

A real HTTPS server with an authority of its own, on this computer's loopback; the guest reaches
it, and nothing else, through ``RECEIVER_ADDRESS``.
"""

from __future__ import annotations

import hashlib
import ipaddress
import json
import secrets
import ssl
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from fleet.adapters.qemu_command import RECEIVER_ADDRESS
from fleet.errors import TrustRefused
from fleet.model.check_in import MAX_MESSAGE_BYTES, Verdict, answer, judge, read_check_in
from fleet.store import sshsig

GUEST_PORT = 8443
_PATH = "/v1/check-in"
_CONFIG = "etc/parclibre/check-in.json"
_AUTHORITY = "etc/parclibre/check-in-authority.pem"
_TOKEN = "etc/parclibre/check-in.token"  # noqa: S105 - a path
_DAYS = timedelta(days=2)


@dataclass(slots=True, kw_only=True)
class BootReceiver:
    """What a machine under test needs to check in, and what it said."""

    port: int = 0
    guest_port: int = GUEST_PORT
    authority: bytes = b""
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    _heard: str = ""

    def files(self) -> Mapping[str, bytes]:
        """Return the machine's own files: where to check in, whom to believe, its token."""
        url = f"https://{RECEIVER_ADDRESS}:{self.guest_port}"
        config = {"url": url, "authority": f"/{_AUTHORITY}"}
        return {
            _CONFIG: json.dumps(config).encode("ascii"),
            _AUTHORITY: self.authority,
            _TOKEN: self.token.encode("ascii"),
        }

    def begin(self) -> None:
        """Forget what an earlier machine said."""
        self._heard = ""

    def received(self) -> str:
        """Return the accepted check-in in a few words; empty as long as there is none."""
        return self._heard

    def judge(self, content: bytes) -> tuple[int, bytes]:
        """Return the HTTP status and the answer to a request."""
        message = read_check_in(content)
        if message is None:
            return 400, b"{}"
        verdict: Verdict = judge(
            message,
            known=None,
            tokens={hashlib.sha256(self.token.encode("ascii")).hexdigest()[:16]: self.token},
            now=int(time.time()),
            check_signature=sshsig.check,
            refused=TrustRefused,
        )
        if verdict.refusal is None:
            self._heard = f"machine {message.machine}, signed by {message.public_key[-16:]}"
        return verdict.http_status, json.dumps(answer(verdict)).encode("utf-8")


class _QuietServer(ThreadingHTTPServer):
    """A server that says nothing of a guest that hangs up: the proof has the guest's own words."""

    def handle_error(self, request: object, client_address: object) -> None:
        """A connection that was cut is the check's business, anything else a bug."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


@contextmanager
def serving() -> Iterator[BootReceiver]:
    """Serve until the block ends."""
    receiver = BootReceiver()
    server = _QuietServer(("127.0.0.1", 0), _handler(receiver))
    receiver.port = server.server_port
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    receiver.authority, own = new_certificates(RECEIVER_ADDRESS)
    with tempfile.TemporaryDirectory() as folder:
        chain = Path(folder) / "server.pem"
        chain.touch(mode=0o600)
        chain.write_bytes(own)
        context.load_cert_chain(chain)
    # The handshake is made by the thread of each request: a stalled guest blocks nobody.
    server.socket = context.wrap_socket(
        server.socket, server_side=True, do_handshake_on_connect=False
    )
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(receiver: BootReceiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = 120

        def do_POST(self) -> None:
            size = int(self.headers.get("Content-Length") or 0)
            content = self.rfile.read(min(size, MAX_MESSAGE_BYTES + 1))
            status, said = receiver.judge(content) if self.path == _PATH else (404, b"{}")
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: the proof tells what was received."""

    return Handler


def new_certificates(address: str) -> tuple[bytes, bytes]:
    """Return an authority, and a server's key and certificate for an IP address, in PEM.

    They hold from two days ago to two days ahead: clocks of machines under test may be wrong.
    """
    authority_key, server_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    name = _name("ParcLibre boot test authority")
    authority = (
        _builder(name, name, authority_key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(authority_key, SHA256())
    )
    host = x509.IPAddress(ipaddress.ip_address(address))
    certificate = (
        _builder(_name("ParcLibre boot test"), name, server_key)
        .add_extension(x509.SubjectAlternativeName([host]), critical=False)
        .sign(authority_key, SHA256())
    )
    private = server_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return authority.public_bytes(Encoding.PEM), private + certificate.public_bytes(Encoding.PEM)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _DAYS)
        .not_valid_after(now + _DAYS)
    )
