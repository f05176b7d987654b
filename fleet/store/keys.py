# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""This installation's own key: an Ed25519 key and a replica id, minted at first start.

``keys/replica`` is an OpenSSH private key; the replica id is the comment of ``replica.pub``.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_ssh_private_key,
)

from fleet.errors import StoreDamaged
from fleet.i18n import _
from fleet.store import sshsig
from fleet.store.files import locked, private_folder, replace_file, sync_folder

FOLDER = "keys"
_CURRENT, _NEXT = "replica", "replica.next"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplicaKey:
    """The key that signs what this installation sends out."""

    replica: str
    private: Ed25519PrivateKey

    @property
    def public_key(self) -> str:
        """The public key in OpenSSH form, without a comment."""
        return sshsig.openssh_public(self.private.public_key())

    def sign(self, message: bytes, namespace: str) -> str:
        """Return an armored OpenSSH signature."""
        return sshsig.sign(self.private, message, namespace)


def new_replica_id() -> str:
    """Return a fresh ``replica:<uuid>``."""
    return f"replica:{uuid.uuid4()}"


def open_replica_key(home: Path) -> ReplicaKey:
    """Return this installation's key, minted when there is none yet.

    Raises StoreDamaged when the files are there and do not fit together.
    """
    folder = private_folder(home / FOLDER)
    with locked(folder):
        if not (folder / _CURRENT).exists():
            _write(folder, _CURRENT, _mint())
        return _read(folder, _CURRENT)


def prepare_next_key(home: Path) -> ReplicaKey:
    """Return a new key under a new replica id, kept aside until ``adopt_next_key``."""
    folder = private_folder(home / FOLDER)
    key = _mint()
    _write(folder, _NEXT, key)
    return key


def adopt_next_key(home: Path, replica: str) -> ReplicaKey:
    """Put the key kept aside in force if it is the one of that replica; return the key in force.

    A stop at any point heals when it is called again.
    """
    folder = private_folder(home / FOLDER)
    with locked(folder):
        if (folder / f"{_NEXT}.pub").exists() and _read_public(folder, _NEXT)[1] == replica:
            if (folder / _NEXT).exists():
                (folder / _NEXT).replace(folder / _CURRENT)
            (folder / f"{_NEXT}.pub").replace(folder / f"{_CURRENT}.pub")
            sync_folder(folder)
    return open_replica_key(home)


def _mint() -> ReplicaKey:
    return ReplicaKey(replica=new_replica_id(), private=Ed25519PrivateKey.generate())


def _write(folder: Path, name: str, key: ReplicaKey) -> None:
    private = key.private.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
    public = f"{key.public_key} {key.replica}\n"
    replace_file(folder / f"{name}.pub", public.encode("ascii"))
    replace_file(folder / name, private)


def _read(folder: Path, name: str) -> ReplicaKey:
    public_key, replica = _read_public(folder, name)
    try:
        private = load_ssh_private_key((folder / name).read_bytes(), password=None)
    except (OSError, ValueError) as error:
        raise _damaged(folder / name) from error
    if not isinstance(private, Ed25519PrivateKey):
        raise _damaged(folder / name)
    key = ReplicaKey(replica=replica, private=private)
    if key.public_key != public_key:
        raise _damaged(folder / name)
    return key


def _read_public(folder: Path, name: str) -> tuple[str, str]:
    try:
        words = (folder / f"{name}.pub").read_text("ascii").split()
    except (OSError, UnicodeDecodeError) as error:
        raise _damaged(folder / f"{name}.pub") from error
    if len(words) != 3 or not words[2].startswith("replica:"):
        raise _damaged(folder / f"{name}.pub")
    return " ".join(words[:2]), words[2]


def _damaged(path: Path) -> StoreDamaged:
    return StoreDamaged(
        _("The key of this installation cannot be read: {path}.").format(path=path),
        hint=_("Restore the folder « keys » from a backup, or rehome this installation."),
    )
