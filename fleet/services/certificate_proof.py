# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Signs certificates, and proves them with nothing but public keys: no store is opened here.

A file is one line of canonical JSON (RFC 8785): ``certificate`` (or ``failure``), ``code`` (the
text of the QR code) and ``signature``, an OpenSSH signature of the canonical JSON of the first.
It has only one way to be written, so that no byte of it can change unseen.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from fleet.errors import BadInput, TrustRefused
from fleet.i18n import _
from fleet.model.certificate import FailureReport, WipeCertificate, WipePaper
from fleet.model.certificate_code import CertificateCode, code_of, read_code
from fleet.model.events import canonical
from fleet.store import sshsig
from fleet.store.keys import ReplicaKey
from fleet.store.sshsig import CERTIFICATE_NAMESPACE, CODE_NAMESPACE

MAX_BYTES = 1024 * 1024
_MAX_LOG_BYTES = 64 * 1024 * 1024
_PUBLIC = re.compile(r"ssh-ed25519 [A-Za-z0-9+/=]+")


class _Envelope(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """The file. Either a certificate with its code, or a failure without."""

    signature: str
    certificate: WipeCertificate | None = None
    failure: FailureReport | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenPaper:
    """A paper whose signature holds. ``digest`` (hex SHA-256) is the whole file's.

    ``code`` is the QR code's text; empty for a failure report.
    """

    paper: WipeCertificate | FailureReport
    digest: str
    signed_digest: str
    code: str

    @property
    def fingerprint(self) -> str:
        """The fingerprint of the key that signed it."""
        return sshsig.fingerprint(self.paper.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenCode:
    """A QR code whose signature holds, and the fingerprint of the key that proved it."""

    code: CertificateCode
    fingerprint: str


def seal_certificate(key: ReplicaKey, paper: WipeCertificate) -> bytes:
    """Return the signed file of a certificate, which names that key."""
    message = canonical(paper)
    code = code_of(paper, hashlib.sha256(message).digest(), sshsig.key_digest(key.public_key))
    signed = key.sign(code.signed_text.encode("ascii"), CODE_NAMESPACE)
    whole = replace(code, signature=sshsig.raw_of(signed))
    signature = key.sign(message, CERTIFICATE_NAMESPACE)
    return _written(_Envelope(certificate=paper, code=whole.text, signature=signature))


def seal_failure(key: ReplicaKey, report: FailureReport) -> bytes:
    """Return the signed file of a failure report."""
    signature = key.sign(canonical(report), CERTIFICATE_NAMESPACE)
    return _written(_Envelope(failure=report, signature=signature))


def prove(data: bytes, keys: Collection[str]) -> ProvenPaper:
    """Return what a file says once one of these public keys proves every byte of it.

    Raises BadInput when it is not such a file (any more), TrustRefused that tells what differs.
    """
    envelope = _read(data)
    paper = envelope.certificate or envelope.failure
    if paper is None or (envelope.certificate is None) != (envelope.code is None):
        raise _altered(_("it lacks a part."))
    _check_signer(envelope.signature, paper, keys)
    message = canonical(paper)
    try:
        sshsig.check(envelope.signature, message, paper.key, CERTIFICATE_NAMESPACE)
    except TrustRefused as error:
        raise _altered(_differences(envelope) or error.message) from error
    raw = sshsig.raw_of(envelope.signature)
    if envelope.signature != sshsig.armored(raw, paper.key, CERTIFICATE_NAMESPACE):
        raise _altered(_("its signature is not written as it was."))
    if isinstance(paper, WipeCertificate):
        _check_code(envelope.code or "", paper, message)
    return ProvenPaper(
        paper=paper,
        digest=hashlib.sha256(data).hexdigest(),
        signed_digest=hashlib.sha256(message).hexdigest(),
        code=envelope.code or "",
    )


def prove_certificate(data: bytes, keys: Collection[str]) -> ProvenPaper:
    """Return a proven certificate. Raises as ``prove``, and TrustRefused for a failure report."""
    proven = prove(data, keys)
    if isinstance(proven.paper, FailureReport):
        raise TrustRefused(
            _("{number} is the report of a wipe that failed, not a certificate.").format(
                number=proven.paper.number
            ),
            hint=_("The disk is not wiped: destroy it, or wipe it again."),
        )
    return proven


def prove_code(text: str, keys: Collection[str]) -> ProvenCode:
    """Return what a QR code says once one of these public keys proves it.

    Raises BadInput and TrustRefused.
    """
    code = read_code(text)
    for key in keys:
        if sshsig.key_digest(key).startswith(code.key):
            signed = code.signed_text.encode("ascii")
            try:
                armored = sshsig.armored(code.signature, key, CODE_NAMESPACE)
                sshsig.check(armored, signed, key, CODE_NAMESPACE)
            except TrustRefused as error:
                raise _altered(_("the code is not the one that was signed.")) from error
            return ProvenCode(code=code, fingerprint=sshsig.fingerprint(key))
    raise TrustRefused(
        _("The code was signed by a key that is not one of those given."),
        hint=_("Give the public key of the installation that made it: --key FILE"),
    )


def check_logs(paper: WipePaper, folder: Path) -> None:
    """Return when a folder holds every raw log of a paper, to the byte; other files are left.

    Raises TrustRefused that names those that are missing or altered.
    """
    found = set(_digests_in(folder))
    lost = [f"{log.name} ({log.digest[:12]})" for log in paper.logs if log.digest not in found]
    if lost:
        raise TrustRefused(
            _("Raw logs are missing or altered in {folder}: {logs}.").format(
                folder=folder, logs=", ".join(lost)
            ),
            hint=_("Ask again for the folder of this certificate's raw logs."),
        )


def public_keys(text: str) -> frozenset[str]:
    """Return the Ed25519 public keys of a file: ``replica.pub``, or a list of allowed signers.

    Raises TrustRefused when it holds none.
    """
    found = frozenset(sshsig.normal_public(line) for line in _PUBLIC.findall(text))
    return found or frozenset({sshsig.normal_public(text)})


# --- inside -------------------------------------------------------------------------------------


def _written(envelope: _Envelope) -> bytes:
    return canonical(envelope) + b"\n"


def _read(data: bytes) -> _Envelope:
    try:
        if len(data) > MAX_BYTES:
            raise ValueError(_("it is too large"))
        envelope = msgspec.json.decode(data, type=_Envelope)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise BadInput(
            _("This is not a certificate of ParcLibre, or it was altered: {error}").format(
                error=error
            ),
            hint=_("Ask again for the file, as it was made."),
        ) from error
    if _written(envelope) != data:
        raise _altered(_("it is not written as it was when it was signed."))
    return envelope


def _check_signer(signature: str, paper: WipePaper, keys: Collection[str]) -> None:
    try:
        signer = sshsig.signer_of(signature)
    except TrustRefused as error:
        raise _altered(error.message) from error
    if signer != paper.key:
        raise _altered(_("it names a key, and another key signed it."))
    if signer not in keys:
        raise TrustRefused(
            _("It was signed by a key that is not one of those given: {fingerprint}.").format(
                fingerprint=sshsig.fingerprint(signer)
            ),
            hint=_("Give the public key of the installation that made it: --key FILE"),
        )


def _check_code(text: str, paper: WipeCertificate, message: bytes) -> None:
    expected = code_of(paper, hashlib.sha256(message).digest(), sshsig.key_digest(paper.key))
    if not text.startswith(f"{expected.signed_text}/"):
        raise _altered(_("its QR code is another certificate's."))
    try:
        prove_code(text, (paper.key,))
    except BadInput as error:
        raise _altered(error.message) from error


def _differences(envelope: _Envelope) -> str:
    """Tell which fields are not those of the code, which has a signature of its own."""
    paper = envelope.certificate
    if paper is None or envelope.code is None:
        return ""
    try:
        signed = prove_code(envelope.code, (paper.key,)).code
    except (BadInput, TrustRefused):
        return ""
    found = code_of(paper, hashlib.sha256(canonical(paper)).digest(), signed.key)
    return " ".join(_field_differences(signed, found)) or _(
        "another field than its number, serial, category and day is not the one that was signed."
    )


def _field_differences(signed: CertificateCode, found: CertificateCode) -> Iterator[str]:
    pairs = (
        (_("the number"), signed.number, found.number),
        (_("the serial number"), signed.serial_shown, found.serial_shown),
        (_("the category"), signed.category, found.category),
        (_("the day"), signed.day, found.day),
    )
    for name, was, now in pairs:
        if was != now:
            yield _("{field} is {now}, and {was} was signed.").format(
                field=name, now=now or "-", was=was or "-"
            )


def _digests_in(folder: Path) -> Iterator[str]:
    try:
        files = sorted(path for path in folder.iterdir() if path.is_file())
        for path in files:
            if path.stat().st_size <= _MAX_LOG_BYTES:
                yield hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise BadInput(
            _("The folder {path} cannot be read: {why}.").format(path=folder, why=error.strerror),
            hint=_("Check what it is and who may read it."),
        ) from error


def _altered(why: str) -> TrustRefused:
    return TrustRefused(
        _("The certificate was altered: {why}").format(why=why),
        hint=_("Do not rely on it: ask again for the file to the installation that made it."),
    )
