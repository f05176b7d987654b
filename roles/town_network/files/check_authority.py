# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Says what is wrong with certificate files; prints a JSON list. Standard library only.

Reads each path given, parses the PEM and the little of DER that is needed: dates and whether
the certificate is an authority (RFC 5280, 4.1.2.5 and 4.2.1.9).
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

BLOCK = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \1-----", re.DOTALL)
BASIC_CONSTRAINTS = bytes([0x06, 0x03, 0x55, 0x1D, 0x13])
TRUE = bytes([0x01, 0x01, 0xFF])
UTC_TIME, GENERALIZED_TIME, SEQUENCE = 0x17, 0x18, 0x30


class BadCertificate(Exception):
    """What is wrong with a file, in a few words."""


def elements(der: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the tag and the content of each element in a row."""
    at = 0
    while at < len(der):
        tag, length, at = der[at], der[at + 1], at + 2
        if length & 0x80:
            size = length & 0x7F
            length, at = int.from_bytes(der[at : at + size], "big"), at + size
        if at + length > len(der):
            raise ValueError("truncated")
        yield tag, der[at : at + length]
        at += length


def moment(tag: int, content: bytes) -> datetime:
    """Read a date of a certificate."""
    shape = {UTC_TIME: "%y%m%d%H%M%SZ", GENERALIZED_TIME: "%Y%m%d%H%M%SZ"}[tag]
    return datetime.strptime(content.decode("ascii"), shape).replace(tzinfo=UTC)


def dates(body: bytes) -> list[datetime]:
    """Return the first and last moment of validity: the only sequence made of two dates."""
    for tag, content in elements(body):
        if tag != SEQUENCE:
            continue
        parts = list(elements(content))
        if [t in (UTC_TIME, GENERALIZED_TIME) for t, _ in parts] == [True, True]:
            return [moment(t, c) for t, c in parts]
    raise ValueError("no dates")


def is_authority(body: bytes) -> bool:
    """Tell whether the certificate may sign others: BasicConstraints begins with TRUE."""
    _, _, rest = body.partition(BASIC_CONSTRAINTS)
    value = rest.removeprefix(TRUE)
    return value[:1] == b"\x04" and value[2:3] == b"\x30" and value[4:7] == TRUE


def read_text(path: str) -> str:
    """Return the text of a file."""
    try:
        return Path(path).read_text(encoding="ascii")
    except FileNotFoundError as error:
        raise BadCertificate("no such file") from error
    except (OSError, UnicodeDecodeError) as error:
        raise BadCertificate("not a PEM certificate (text expected)") from error


def read_body(text: str) -> bytes:
    """Return the signed part of the only certificate of a PEM text."""
    blocks = BLOCK.findall(text)
    if any("PRIVATE KEY" in kind for kind, _ in blocks):
        raise BadCertificate("holds a private key, which must not enter an image")
    if [kind for kind, _ in blocks] != ["CERTIFICATE"]:
        raise BadCertificate(f"must hold one PEM certificate, and holds {len(blocks)}")
    try:
        der = base64.b64decode("".join(blocks[0][1].split()), validate=True)
        _, certificate = next(elements(der))
        return next(elements(certificate))[1]
    except (binascii.Error, ValueError, IndexError, StopIteration) as error:
        raise BadCertificate("not a readable certificate") from error


def check(path: str, now: datetime) -> None:
    """Raise BadCertificate unless the file is an authority that is valid now."""
    body = read_body(read_text(path))
    try:
        begins, ends = dates(body)
    except (ValueError, KeyError, IndexError) as error:
        raise BadCertificate("not a readable certificate") from error
    if not is_authority(body):
        raise BadCertificate("is not a certificate authority")
    if ends <= now:
        raise BadCertificate(f"expired on {ends:%Y-%m-%d}")
    if begins > now:
        raise BadCertificate(f"is valid only from {begins:%Y-%m-%d}")


def main() -> None:
    """Print the problems of the files named on the command line."""
    now = datetime.now(UTC)
    found = []
    for path in sys.argv[1:]:
        try:
            check(path, now)
        except BadCertificate as error:
            found.append(f"{path}: {error}")
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
