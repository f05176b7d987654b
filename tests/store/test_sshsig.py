# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Replica keys, and signatures that OpenSSH's own ssh-keygen makes and accepts."""

from __future__ import annotations

import shutil
import stat
import subprocess
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from fleet.errors import FleetError, StoreDamaged, TrustRefused
from fleet.store import sshsig
from fleet.store.keys import adopt_next_key, open_replica_key, prepare_next_key
from fleet.store.sshsig import BUNDLE_NAMESPACE

KEYGEN = shutil.which("ssh-keygen")
needs_keygen = pytest.mark.skipif(KEYGEN is None, reason="apt-get install openssh-client")
KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
PUBLIC = sshsig.openssh_public(KEY.public_key())


@needs_keygen
def test_ssh_keygen_verifies_our_signature(tmp_path: Path) -> None:
    key = open_replica_key(tmp_path)
    message = b'{"format":1}'
    (tmp_path / "manifest.json.sig").write_text(key.sign(message, BUNDLE_NAMESPACE))
    (tmp_path / "signers").write_text(f"{key.replica} {key.public_key}\n")
    command: list[str | Path] = [
        "ssh-keygen", "-Y", "verify", "-f", tmp_path / "signers", "-I", key.replica,
        "-n", BUNDLE_NAMESPACE, "-s", tmp_path / "manifest.json.sig",
    ]  # fmt: skip

    good = subprocess.run(command, input=message, capture_output=True, check=False)
    altered = subprocess.run(command, input=message + b" ", capture_output=True, check=False)

    assert good.returncode == 0, good.stderr
    assert altered.returncode != 0


@needs_keygen
def test_we_verify_what_ssh_keygen_signs_with_our_key(tmp_path: Path) -> None:
    key = open_replica_key(tmp_path)
    message = tmp_path / "message"
    message.write_bytes(b"from the shell")
    command: list[str | Path] = ["ssh-keygen", "-Y", "sign", "-f", tmp_path / "keys/replica", "-n"]
    subprocess.run([*command, BUNDLE_NAMESPACE, message], check=True, capture_output=True)
    signature = Path(f"{message}.sig").read_text()

    sshsig.check(signature, b"from the shell", key.public_key, BUNDLE_NAMESPACE)

    assert sshsig.signer_of(signature) == key.public_key
    with pytest.raises(TrustRefused):
        sshsig.check(signature, b"from the shelf", key.public_key, BUNDLE_NAMESPACE)


@needs_keygen
def test_fingerprint_is_the_one_ssh_keygen_prints(tmp_path: Path) -> None:
    key = open_replica_key(tmp_path)

    printed = subprocess.run(
        ["ssh-keygen", "-l", "-f", tmp_path / "keys/replica.pub"],
        capture_output=True,
        text=True,
        check=True,
    )

    assert sshsig.fingerprint(key.public_key) in printed.stdout
    assert key.replica in printed.stdout


def test_a_signature_holds_for_one_message_one_key_and_one_use() -> None:
    signature = sshsig.sign(KEY, b"message", "one-use")
    other = sshsig.openssh_public(
        Ed25519PrivateKey.from_private_bytes(bytes([1] * 32)).public_key()
    )

    sshsig.check(signature, b"message", PUBLIC, "one-use")
    for message, key, namespace in (
        (b"massage", PUBLIC, "one-use"),
        (b"message", other, "one-use"),
        (b"message", PUBLIC, "other-use"),
    ):
        with pytest.raises(TrustRefused):
            sshsig.check(signature, message, key, namespace)


@given(st.integers(0, 10_000), st.binary(min_size=1, max_size=3))
def test_a_mutated_signature_is_refused_without_a_traceback(place: int, other: bytes) -> None:
    signature = sshsig.sign(KEY, b"message", "one-use").encode()
    place %= len(signature)
    mutated = (signature[:place] + other + signature[place + len(other) :]).decode("latin-1")

    try:
        sshsig.check(mutated, b"message", PUBLIC, "one-use")
    except FleetError:
        return
    assert mutated.split() == signature.decode().split()


@pytest.mark.parametrize(
    "text", ["", "ssh-ed25519", "ssh-ed25519 AAAA", "ssh-rsa AAAAB3NzaC1yc2E="]
)
def test_what_is_no_ed25519_key_is_refused(text: str) -> None:
    with pytest.raises(TrustRefused):
        sshsig.normal_public(text)


def test_the_key_is_minted_once_and_private(tmp_path: Path) -> None:
    first = open_replica_key(tmp_path)
    second = open_replica_key(tmp_path)

    assert first.replica == second.replica
    assert first.public_key == second.public_key
    assert first.replica.startswith("replica:")
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "keys/replica").stat().st_mode) == 0o600


def _replica_at(home: str) -> str:
    return open_replica_key(Path(home)).replica


def test_two_first_starts_at_once_agree_on_one_key(tmp_path: Path) -> None:
    with ProcessPoolExecutor(4) as pool:
        replicas = set(pool.map(_replica_at, [str(tmp_path)] * 8))

    assert len(replicas) == 1


def test_keys_that_do_not_belong_together_are_damage(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        open_replica_key(tmp_path / name)
    shutil.copy(tmp_path / "one/keys/replica", tmp_path / "two/keys/replica")

    with pytest.raises(StoreDamaged):
        open_replica_key(tmp_path / "two")


@pytest.mark.parametrize("steps_done", [0, 1])
def test_a_key_change_stopped_half_way_is_finished_at_the_next_start(
    tmp_path: Path, steps_done: int
) -> None:
    old = open_replica_key(tmp_path)
    new = prepare_next_key(tmp_path)
    if steps_done:
        (tmp_path / "keys/replica.next").replace(tmp_path / "keys/replica")

    now = adopt_next_key(tmp_path, new.replica)

    assert now.replica == new.replica != old.replica
    assert now.public_key == new.public_key
    assert adopt_next_key(tmp_path, new.replica).public_key == new.public_key
