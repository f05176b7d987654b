# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose images are accepted here, and what is said of a file that was altered."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from fleet.errors import TrustRefused
from fleet.i18n import _
from fleet.services.town import Town
from fleet.store import sshsig, trust

_SIGNATURE_LIMIT = 4096


class _Untrusted(TrustRefused):
    """The signature may be right; its key is not one of ours."""


def trusted_keys(town: Town) -> frozenset[str]:
    """Return the keys whose images are accepted: ours, and those of trusted installations."""
    with town.journal.read() as connection:
        statements = trust.read_statements(connection)
    view = trust.view_trust(town.key.replica, town.key.public_key, statements)
    return frozenset(key for name, key in view.keys.items() if name not in view.revocations)


def check_signature(
    signature: Path, signed: bytes, trusted: Collection[str], namespace: str
) -> None:
    """Return when a trusted key signed these bytes. Raises TrustRefused that names the file."""
    with signature.open("rb") as file:
        text = file.read(_SIGNATURE_LIMIT + 1).decode("ascii", "replace")
    try:
        signer = sshsig.signer_of(text)
        if signer not in {sshsig.normal_public(key) for key in trusted}:
            raise _untrusted(signature, signer)
        sshsig.check(text, signed, signer, namespace)
    except _Untrusted:
        raise
    except TrustRefused as error:
        raise altered(signature, error.message) from error


def altered(path: Path, why: str) -> TrustRefused:
    """Return the refusal of a file, with the reason."""
    return TrustRefused(
        _("{path} was altered: {why}").format(path=path, why=why),
        hint=_("Do not install this image. Build it again, or copy it again from where it is."),
    )


def _untrusted(path: Path, signer: str) -> _Untrusted:
    return _Untrusted(
        _("{path} was signed by a key that is not trusted here: {fingerprint}.").format(
            path=path, fingerprint=sshsig.fingerprint(signer)
        ),
        hint=_("Trust the installation that made it: parclibre replica trust --help"),
    )
