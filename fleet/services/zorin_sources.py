# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where an unpacked system takes its packages from, with the keys that it trusts.

A Zorin image is completed from Ubuntu's and Zorin's archives, which a Debian build host does not
know: the system itself says which they are, and holds their keys.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterator
from pathlib import Path

from fleet.adapters.apt_sources import Source
from fleet.errors import BadInput
from fleet.i18n import _
from fleet.readers.apt_list import AptEntry, read_deb822, read_lines
from fleet.services.images_inside import plain_file

_APT = "etc/apt"
_KEYRINGS = ("usr/share/keyrings/ubuntu-archive-keyring.gpg", "etc/apt/trusted.gpg")
_HEADER_END = "\n\n"


def sources_of(root: Path, keys: Path) -> tuple[Source, ...]:
    """Return the archives of an unpacked system; keys that are not files of it go in ``keys``.

    Raises BadInput when it names none.
    """
    entries = dict.fromkeys(entry for entry in _entries(root) if entry.components)
    if not entries:
        raise BadInput(_("The system of the ISO names no archive of packages."))
    keys.mkdir(parents=True, exist_ok=True)
    return tuple(
        Source(
            uri=entry.uri,
            suite=entry.suite,
            components=entry.components,
            keyring=_keyring(entry, root, keys),
        )
        for entry in entries
    )


def _entries(root: Path) -> Iterator[AptEntry]:
    for path in (*_files(root, "sources.list"), *_files(root, "sources.list.d/*.list")):
        yield from read_lines(path.read_text("utf-8", "replace"))
    for path in _files(root, "sources.list.d/*.sources"):
        yield from read_deb822(path.read_text("utf-8", "replace"))


def _files(root: Path, pattern: str) -> Iterator[Path]:
    """Yield the files of the system's APT configuration that match, sorted."""
    for path in sorted((root / _APT).glob(pattern)):
        if found := plain_file(root, str(path.relative_to(root))):
            yield found


def _keyring(entry: AptEntry, root: Path, keys: Path) -> Path:
    if entry.signed_by.startswith("/"):
        if path := plain_file(root, entry.signed_by):
            return path
        raise BadInput(
            _("The system of the ISO lacks the key of {uri}: {path}.").format(
                uri=entry.uri, path=entry.signed_by
            )
        )
    if entry.signed_by:
        return _written(keys, _binary(entry.signed_by))
    return _written(keys, b"".join(_trusted(root)))


def _trusted(root: Path) -> Iterator[bytes]:
    """Yield the keyrings that APT trusts for every archive."""
    named = (plain_file(root, name) for name in _KEYRINGS)
    for path in (*filter(None, named), *_files(root, "trusted.gpg.d/*")):
        if path.suffix == ".asc":
            yield _binary(path.read_text("ascii", "replace"))
        elif path.suffix in (".gpg", ".pgp"):
            yield path.read_bytes()


def _binary(armored: str) -> bytes:
    """Return an armored key as keyrings hold it (RFC 4880, section 6.2)."""
    body = armored.strip().partition(_HEADER_END)[2]
    lines = [line for line in body.splitlines() if not line.startswith(("=", "-"))]
    try:
        return base64.b64decode("".join(lines), validate=True)
    except binascii.Error as error:
        raise BadInput(_("A key of the system of the ISO cannot be read.")) from error


def _written(keys: Path, content: bytes) -> Path:
    path = keys / f"{hashlib.sha256(content).hexdigest()[:16]}.gpg"
    path.write_bytes(content)
    return path
