# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""OpenSSH signatures (SSHSIG) by Ed25519 keys, the ones ``ssh-keygen -Y`` makes and checks.

Format: PROTOCOL.sshsig of OpenSSH. Hash: sha512, OpenSSH's own default.
"""

from __future__ import annotations

import base64
import binascii
import hashlib

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_ssh_public_key,
)

from fleet.errors import TrustRefused
from fleet.i18n import _

BUNDLE_NAMESPACE = "parclibre-bundle"
HEAD_NAMESPACE = "parclibre-head"
CERTIFICATE_NAMESPACE = "parclibre-certificate"
CODE_NAMESPACE = "parclibre-certificate-code"
DOSSIER_NAMESPACE = "parclibre-dossier"

_MAGIC = b"SSHSIG"
_VERSION = (1).to_bytes(4, "big")
_HASH = b"sha512"
_ALGORITHM = b"ssh-ed25519"
_BEGIN, _END = "-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----"
_LINE = 70
_MAX_CHARACTERS = 4096


def openssh_public(key: Ed25519PublicKey) -> str:
    """Return ``ssh-ed25519 AAAA...``, without a comment."""
    return key.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode("ascii")


def normal_public(text: str) -> str:
    """Return a public key line without its comment. Raises TrustRefused when not Ed25519."""
    return openssh_public(_load_public(text))


def fingerprint(public_key: str) -> str:
    """Return ``SHA256:...`` as ``ssh-keygen -l`` prints it, for people to compare."""
    return "SHA256:" + base64.b64encode(key_digest(public_key)).decode("ascii").rstrip("=")


def key_digest(public_key: str) -> bytes:
    """Return the 32 bytes that a fingerprint is written from."""
    return hashlib.sha256(_blob_of(public_key)).digest()


def sign(key: Ed25519PrivateKey, message: bytes, namespace: str) -> str:
    """Return an armored signature of the message for one use (the namespace)."""
    raw = key.sign(_signed_part(message, namespace))
    return armored(raw, openssh_public(key.public_key()), namespace)


def armored(raw: bytes, public_key: str, namespace: str) -> str:
    """Return the one armored form of a raw Ed25519 signature (64 bytes); nothing is proven."""
    blob = b"".join(
        (
            _MAGIC,
            _VERSION,
            _string(_blob_of(public_key)),
            _string(namespace.encode("ascii")),
            _string(b""),
            _string(_HASH),
            _string(_string(_ALGORITHM) + _string(raw)),
        )
    )
    text = base64.b64encode(blob).decode("ascii")
    lines = [text[start : start + _LINE] for start in range(0, len(text), _LINE)]
    return "\n".join((_BEGIN, *lines, _END, ""))


def raw_of(signature: str) -> bytes:
    """Return the raw Ed25519 signature of an armored one. Raises TrustRefused when malformed."""
    return _parse(signature)[2]


def check(signature: str, message: bytes, public_key: str, namespace: str) -> None:
    """Return when the key signed that message for that use. Raises TrustRefused otherwise."""
    blob, used_namespace, raw = _parse(signature)
    if blob != _blob_of(public_key):
        raise _refused(_("it was made with another key"))
    if used_namespace != namespace:
        raise _refused(_("it was made for another use"))
    try:
        _load_public(public_key).verify(raw, _signed_part(message, namespace))
    except InvalidSignature as error:
        raise _refused(_("it does not match what was signed")) from error


def signer_of(signature: str) -> str:
    """Return the public key a signature names; nothing is proven until ``check``."""
    blob, _namespace, _raw = _parse(signature)
    return normal_public(f"{_ALGORITHM.decode()} {base64.b64encode(blob).decode('ascii')}")


def _signed_part(message: bytes, namespace: str) -> bytes:
    digest = hashlib.sha512(message).digest()
    fields = (namespace.encode("ascii"), b"", _HASH, digest)
    return _MAGIC + b"".join(_string(field) for field in fields)


def _parse(signature: str) -> tuple[bytes, str, bytes]:
    """Return the public key blob, the namespace and the raw Ed25519 signature."""
    blob = _dearmor(signature)
    if not blob.startswith(_MAGIC + _VERSION):
        raise _refused(_("it is not an OpenSSH signature of version 1"))
    key, namespace, _reserved, hashed, inner = _strings(blob[len(_MAGIC + _VERSION) :], 5)
    algorithm, raw = _strings(inner, 2)
    if algorithm != _ALGORITHM or hashed != _HASH:
        raise _refused(_("only Ed25519 with SHA-512 is accepted"))
    return key, namespace.decode("ascii", "replace"), raw


def _dearmor(signature: str) -> bytes:
    lines = signature.strip().splitlines()
    if len(signature) > _MAX_CHARACTERS or len(lines) < 3:
        raise _refused(_("it is not an OpenSSH signature"))
    if lines[0] != _BEGIN or lines[-1] != _END:
        raise _refused(_("it is not an OpenSSH signature"))
    try:
        return base64.b64decode("".join(lines[1:-1]), validate=True)
    except (binascii.Error, ValueError) as error:
        raise _refused(_("it is not an OpenSSH signature")) from error


def _string(value: bytes) -> bytes:
    return len(value).to_bytes(4, "big") + value


def _strings(blob: bytes, count: int) -> list[bytes]:
    """Return exactly ``count`` length-prefixed strings, with nothing left over."""
    values: list[bytes] = []
    for _index in range(count):
        size = int.from_bytes(blob[:4], "big")
        if len(blob) < 4 + size:
            raise _refused(_("it is cut short"))
        values.append(blob[4 : 4 + size])
        blob = blob[4 + size :]
    if blob:
        raise _refused(_("something follows it"))
    return values


def _blob_of(public_key: str) -> bytes:
    return base64.b64decode(normal_public(public_key).split()[1])


def _load_public(text: str) -> Ed25519PublicKey:
    try:
        key = load_ssh_public_key(text.strip().encode("utf-8", "replace"))
    except (ValueError, UnsupportedAlgorithm) as error:
        raise _bad_key() from error
    if not isinstance(key, Ed25519PublicKey):
        raise _bad_key()
    return key


def _bad_key() -> TrustRefused:
    return TrustRefused(
        _("This is not an Ed25519 public key in OpenSSH form."),
        hint=_("Give the line of the other installation's keys/replica.pub."),
    )


def _refused(why: str) -> TrustRefused:
    return TrustRefused(
        _("The signature does not hold: {why}.").format(why=why),
        hint=_("Ask the sender for the bundle again; if it fails again, do not trust it."),
    )
