# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Java's list of certificate authorities, with the dates that make each build differ set alike.

The format is that of ``sun.security.provider.JavaKeyStore``: a header, then entries, then a
digest of both. ``ca-certificates-java`` makes it when it is installed, dated of that moment.
"""

from __future__ import annotations

import hashlib
import struct

_HEADER = struct.Struct(">III")
_MAGIC, _VERSION = 0xFEEDFEED, 2
_CERTIFICATE = 2
_DIGEST_BYTES = 20
# The password that Java ships it with; it protects nothing, the certificates are public.
_PASSWORD = "changeit"  # noqa: S105
_SALT = b"Mighty Aphrodite"


def dated_keystore(content: bytes, epoch: int) -> bytes:
    """Return the keystore with every entry dated ``epoch``.

    What is not a list of certificates under Java's usual password is returned as it is.
    """
    body, digest = content[:-_DIGEST_BYTES], content[-_DIGEST_BYTES:]
    if len(body) < _HEADER.size or digest != _digest(body):
        return content
    magic, version, count = _HEADER.unpack_from(body)
    if (magic, version) != (_MAGIC, _VERSION):
        return content
    dated = bytearray(body)
    offset = _HEADER.size
    for _entry in range(count):
        (kind,) = struct.unpack_from(">I", body, offset)
        if kind != _CERTIFICATE:
            return content
        offset = _after(body, offset + 4, ">H")
        struct.pack_into(">Q", dated, offset, epoch * 1000)
        offset = _after(body, _after(body, offset + 8, ">H"), ">I")
    return bytes(dated) + _digest(dated)


def _after(body: bytes, offset: int, length: str) -> int:
    """Return where a text or a certificate, preceded by its length, ends."""
    (size,) = struct.unpack_from(length, body, offset)
    return offset + struct.calcsize(length) + int(size)


def _digest(body: bytes | bytearray) -> bytes:
    # The format's own, not ours: SHA-1, keyed with the password.
    keyed = _PASSWORD.encode("utf-16-be") + _SALT + body
    return hashlib.sha1(keyed, usedforsecurity=False).digest()
