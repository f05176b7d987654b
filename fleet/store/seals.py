# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets about people: one key per person, wrapped with the master key of ``keys/people.key``.

ChaCha20-Poly1305 everywhere; what a seal is for and whose it is are authenticated with it, so
that a sealed value cannot be moved to another person or another use.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from fleet.errors import BadInput, StoreDamaged
from fleet.i18n import _
from fleet.store.files import locked, private_folder, replace_file
from fleet.store.keys import FOLDER

_MASTER, _LEDGER = "people.key", "people.purged"
_KEY_BYTES, _NONCE_BYTES = 32, 12


@dataclass(frozen=True, slots=True, kw_only=True)
class MasterKey:
    """What unwraps the keys of persons. Without it every name is lost."""

    secret: bytes

    def wrap(self, person: str, key: bytes) -> bytes:
        """Return a person's key, unreadable without the master key."""
        return seal(self.secret, key, f"key of {person}")

    def unwrap(self, person: str, wrapped: bytes) -> bytes:
        """Return a person's key. Raises StoreDamaged when it was altered."""
        return unseal(self.secret, wrapped, f"key of {person}")


def open_master_key(home: Path) -> MasterKey:
    """Return the master key, minted when there is none yet."""
    folder = private_folder(home / FOLDER)
    with locked(folder):
        if not (folder / _MASTER).exists():
            replace_file(folder / _MASTER, new_key())
        secret = (folder / _MASTER).read_bytes()
    if len(secret) != _KEY_BYTES:
        raise StoreDamaged(
            _("The master key of people's names is damaged: {path}.").format(path=folder / _MASTER),
            hint=_("Restore it with « people restore-keys »."),
        )
    return MasterKey(secret=secret)


def new_key() -> bytes:
    """Return a fresh key."""
    return os.urandom(_KEY_BYTES)


def seal(key: bytes, data: bytes, purpose: str) -> bytes:
    """Return the data, unreadable without the key, tied to its purpose."""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + ChaCha20Poly1305(key).encrypt(nonce, data, purpose.encode())


def unseal(key: bytes, sealed: bytes, purpose: str) -> bytes:
    """Return what was sealed. Raises StoreDamaged for other keys, purposes or altered bytes."""
    nonce, rest = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
    try:
        return ChaCha20Poly1305(key).decrypt(nonce, rest, purpose.encode())
    except (InvalidTag, ValueError) as error:
        raise StoreDamaged(
            _("Sealed data about a person cannot be opened."),
            hint=_("Restore the keys that belong to this store with « people restore-keys »."),
        ) from error


# --- the ledger of purges: a restored store learns from it who was purged since ----------------


def read_ledger(home: Path) -> dict[str, str]:
    """Return the purges done here: person to day (ISO)."""
    path = home / FOLDER / _LEDGER
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    return dict(line.split(" ", 1) for line in lines)


def add_to_ledger(home: Path, purges: dict[str, str]) -> None:
    """Note purges for good."""
    folder = private_folder(home / FOLDER)
    with locked(folder):
        merged = {**purges, **read_ledger(home)}
        lines = (f"{person} {day}\n" for person, day in sorted(merged.items()))
        replace_file(folder / _LEDGER, "".join(lines).encode())


# --- backups -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyBackup:
    """The persons' keys and the purges known when the backup was made."""

    keys: dict[str, bytes]
    purges: dict[str, str]


def write_backup(path: Path, backup: KeyBackup) -> None:
    """Write a key backup, 0600. Whoever has it and the store can read names: keep it apart."""
    keys = {person: key.hex() for person, key in backup.keys.items()}
    record = {"parclibre_people_keys": 1, "keys": keys, "purges": backup.purges}
    replace_file(path, json.dumps(record, sort_keys=True, indent=1).encode())


def read_backup(path: Path) -> KeyBackup:
    """Return a key backup. Raises BadInput when the file is something else."""
    try:
        record = json.loads(path.read_bytes())
        if record["parclibre_people_keys"] != 1:
            raise _not_a_backup(path)
        keys = {str(person): bytes.fromhex(key) for person, key in record["keys"].items()}
        purges = {str(person): str(day) for person, day in record["purges"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _not_a_backup(path) from error
    return KeyBackup(keys=keys, purges=purges)


def _not_a_backup(path: Path) -> BadInput:
    return BadInput(
        _("{path} is not a backup of people's keys.").format(path=path),
        hint=_("Give the file written by « people backup-keys »."),
    )
