# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The receiver of the boot test: what it believes, over real HTTPS."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import socket
import ssl
import time

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from fleet.adapters.qemu_command import RECEIVER_ADDRESS
from fleet.model.check_in import NAMESPACE
from fleet.services.boot_test_receiver import BootReceiver, serving
from fleet.store import sshsig


def message(token: str, machine: str = "0" * 32) -> bytes:
    """A machine's first check-in, as docs/reference/check-in.md says."""
    key = Ed25519PrivateKey.generate()
    body = json.dumps({"machine": machine, "counter": 1, "made_at": int(time.time())})
    proof = hmac.new(token.encode(), body.encode(), hashlib.sha256).hexdigest()
    document = {
        "format": "parclibre-check-in",
        "version": 1,
        "body": body,
        "public_key": sshsig.openssh_public(key.public_key()),
        "signature": sshsig.sign(key, body.encode(), NAMESPACE),
        "enrolment": {"token_id": hashlib.sha256(token.encode()).hexdigest()[:16], "proof": proof},
    }
    return json.dumps(document).encode()


def post(receiver: BootReceiver, content: bytes, host: str = RECEIVER_ADDRESS) -> int:
    """Send as the guest does: to the receiver's address, here by the loopback."""
    context = ssl.create_default_context(cadata=receiver.authority.decode())
    with (
        socket.create_connection(("127.0.0.1", receiver.port), 10) as plain,
        context.wrap_socket(plain, server_hostname=host) as secure,
    ):
        connection = http.client.HTTPSConnection(host)
        connection.sock = secure
        connection.request("POST", "/v1/check-in", content)
        return connection.getresponse().status


def test_a_check_in_with_the_tests_token_is_heard() -> None:
    with serving() as receiver:
        before = receiver.received()

        status = post(receiver, message(receiver.token, "ab" * 16))

        assert status == 200
        assert before == ""
        assert "ab" * 16 in receiver.received()


def test_the_second_machine_of_a_test_starts_unheard_and_may_enrol_too() -> None:
    with serving() as receiver:
        post(receiver, message(receiver.token))

        receiver.begin()
        between = receiver.received()
        status = post(receiver, message(receiver.token, "cd" * 16))

        assert between == ""
        assert status == 200


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b"[", message("another-token" * 4)],
    ids=["empty", "no fields", "no JSON", "another token"],
)
def test_what_is_not_this_tests_machine_is_not_heard(content: bytes) -> None:
    with serving() as receiver:
        status = post(receiver, content)

        assert status in (400, 403)
        assert receiver.received() == ""


def test_only_the_guests_address_is_vouched_for() -> None:
    with serving() as receiver, pytest.raises(ssl.SSLCertVerificationError):
        post(receiver, b"{}", host="127.0.0.1")


def test_a_client_that_says_nothing_blocks_nobody() -> None:
    with serving() as receiver, socket.create_connection(("127.0.0.1", receiver.port), 10):
        assert post(receiver, message(receiver.token)) == 200
