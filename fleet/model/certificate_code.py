# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The text of a certificate's QR code: enough to check a paper without the file.

``PLC1/number/serial/category/day/digest/key/signature``: only characters of a QR code's
alphanumeric mode, which scanners that type like a keyboard do not garble. ``digest`` is the
first 16 bytes of the SHA-256 of the certificate as signed, ``key`` the first 10 bytes of the
signer's fingerprint, ``signature`` an Ed25519 signature of all that stands before it, in base32.
It must be written in one way only: a text that is read and written again comes out the same.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass

from fleet.errors import BadInput
from fleet.i18n import _
from fleet.model.certificate import WipeCertificate
from fleet.model.policy import CLEAR, PURGE

_VERSION = "PLC1"
_DIGEST_BYTES, _KEY_BYTES, _SIGNATURE_BYTES = 16, 10, 64
_SERIAL_BYTES = 32
_CATEGORIES = {"C": CLEAR, "P": PURGE}
_LETTERS = {category: letter for letter, category in _CATEGORIES.items()}
_PLAIN = frozenset(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-.")
_NUMBER = re.compile(r"CE-\d{8}-[A-Z2-7]{8}")
_DAY = re.compile(r"\d{8}")
_SERIAL = re.compile(r"([0-9A-Z.-]|%[0-9A-F]{2})*")
_LONGEST = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateCode:
    """What a QR code says. ``serial`` is cut to 32 bytes; ``day`` is ISO.

    ``digest`` and ``key`` are the first bytes only; ``signature`` is raw.
    """

    number: str
    serial: str
    category: str
    day: str
    digest: bytes
    key: bytes
    signature: bytes = b""

    @property
    def signed_text(self) -> str:
        """What the signature is made of."""
        fields = (
            _VERSION, self.number, self.serial, _LETTERS[self.category],
            self.day.replace("-", ""), _base32(self.digest), _base32(self.key),
        )  # fmt: skip
        return "/".join(fields)

    @property
    def text(self) -> str:
        """The text of the QR code."""
        return f"{self.signed_text}/{_base32(self.signature)}"

    @property
    def serial_shown(self) -> str:
        """The serial for people, unescaped; it may be cut."""
        return _unescaped(self.serial)


def code_of(paper: WipeCertificate, digest: bytes, key: bytes) -> CertificateCode:
    """Return a certificate's code, not signed yet. ``digest`` and ``key`` are whole SHA-256s."""
    return CertificateCode(
        number=paper.number,
        serial=escaped(paper.medium.serial or ""),
        category=paper.wipe.category,
        day=paper.times.ended_at[:10],
        digest=digest[:_DIGEST_BYTES],
        key=key[:_KEY_BYTES],
    )


def escaped(serial: str) -> str:
    """Return a serial as the code writes it: 32 bytes at most, ``%XX`` for what is not plain."""
    kept = serial.encode("utf-8", "replace")[:_SERIAL_BYTES]
    return "".join(chr(byte) if byte in _PLAIN else f"%{byte:02X}" for byte in kept)


def read_code(text: str) -> CertificateCode:
    """Return a scanned code; nothing is proven yet. Raises BadInput when it is not one."""
    fields = text.strip().split("/")
    if len(text) > _LONGEST or len(fields) != 8 or fields[0] != _VERSION:
        raise _not_a_code()
    _version, number, serial, letter, day, digest, key, signature = fields
    plain = _NUMBER.fullmatch(number) and _DAY.fullmatch(day) and _SERIAL.fullmatch(serial)
    if not plain or letter not in _CATEGORIES:
        raise _not_a_code()
    found = CertificateCode(
        number=number,
        serial=serial,
        category=_CATEGORIES[letter],
        day=f"{day[:4]}-{day[4:6]}-{day[6:]}",
        digest=_bytes(digest, _DIGEST_BYTES),
        key=_bytes(key, _KEY_BYTES),
        signature=_bytes(signature, _SIGNATURE_BYTES),
    )
    if found.text != text.strip():
        raise _not_a_code()
    return found


def _base32(value: bytes) -> str:
    return base64.b32encode(value).decode("ascii").rstrip("=")


def _bytes(text: str, size: int) -> bytes:
    try:
        value = base64.b32decode(text + "=" * (-len(text) % 8))
    except (binascii.Error, ValueError) as error:
        raise _not_a_code() from error
    if len(value) != size:
        raise _not_a_code()
    return value


def _unescaped(serial: str) -> str:
    parts = re.split(r"%([0-9A-F]{2})", serial)
    raw = b"".join(
        bytes.fromhex(part) if place % 2 else part.encode("ascii")
        for place, part in enumerate(parts)
    )
    return raw.decode("utf-8", "replace")


def _not_a_code() -> BadInput:
    return BadInput(
        _("This is not the code of a certificate."),
        hint=_("Give the whole text that the QR code holds; it begins with PLC1/."),
    )
