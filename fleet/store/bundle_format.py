# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a bundle is made of: a ``.tar.zst`` of four kinds of members, in this order.

``manifest.json``, ``manifest.json.sig`` (its OpenSSH signature, namespace ``parclibre-bundle``),
``events.jsonl`` (one event a line, causes before effects), ``attachments/<SHA-256>``. The
manifest carries the size and SHA-256 of every other member, and for each chain its end signed by
the chain's own replica (namespace ``parclibre-head``), so that a relayed chain proves itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from fleet.errors import BadInput
from fleet.i18n import _
from fleet.model.events import Header, canonical

FORMAT = 1
MANIFEST, SIGNATURE, EVENTS = "manifest.json", "manifest.json.sig", "events.jsonl"
ATTACHMENTS = "attachments/"

KIB, MIB, GIB = 1024, 1024**2, 1024**3
MAX_SEQ = 2**53
MAX_TEXT = 200
MAX_SEEN = 10_000

DIGEST_IN_TEXT = re.compile(rb"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
_REPLICA = re.compile(r"replica:[0-9a-f-]{36}")
_HEX64 = re.compile(r"[0-9a-f]{64}")
_SUBJECT = re.compile(r"[!-~]+")
_AT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The largest bundle that is read; reading stops at the first limit passed.

    A town's whole history (5 000 machines, ten years) is some 100 000 events and 100 MiB.
    """

    file_bytes: int = 4 * GIB
    total_bytes: int = 8 * GIB
    window_bytes: int = 8 * MIB
    manifest_bytes: int = 16 * MIB
    signature_bytes: int = 4 * KIB
    attachment_bytes: int = 256 * MIB
    attachments: int = 100_000
    chains: int = 10_000
    events: int = 5_000_000
    line_bytes: int = 1 * MIB
    blocks: int = 1_000_000


class Piece(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A member's size and SHA-256."""

    digest: str
    size: int


class ChainPart(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A range of one chain, from just after ``previous_link`` to an end its replica signed."""

    replica: str
    first_seq: int
    previous_link: str
    last_seq: int
    last_link: str
    signature: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a bundle holds. ``only_subjects``: whose bodies it shows; None when all."""

    format: int
    exporter: str
    created: str
    chains: tuple[ChainPart, ...]
    count: int
    events: Piece
    attachments: tuple[Piece, ...]
    only_subjects: tuple[str, ...] | None


class Line(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One event. Without the body the salt is empty too, so that nobody can try bodies out."""

    header: Header
    link: str
    salt: str
    body: str | None

    @property
    def body_bytes(self) -> bytes | None:
        """The canonical body, None when withheld."""
        return None if self.body is None else self.body.encode()


class _Versioned(msgspec.Struct):
    format: int


_LINE = msgspec.json.Decoder(Line)


def head_message(replica: str, seq: int, link: str) -> bytes:
    """Return what a replica signs to say: my chain goes this far, and ends like this."""
    return canonical({"replica": replica, "seq": seq, "link": link})


def named_digests(subject: str, body: bytes | None) -> Iterator[str]:
    """Yield every digest that an event names, its subject included."""
    if body is not None:
        for found in DIGEST_IN_TEXT.findall(subject.encode() + b" " + body):
            yield found.decode()


def read_line(raw: bytes) -> Line:
    """Return an event of well-formed header. Raises BadInput."""
    try:
        line = _LINE.decode(raw)
    except (msgspec.DecodeError, RecursionError, ValueError) as error:
        raise malformed(_("an event cannot be read: {error}").format(error=error)) from error
    _check_header(line.header)
    if not _HEX64.fullmatch(line.link) or (line.body is None) != (line.salt == ""):
        raise malformed(_("an event's link or salt has the wrong form"))
    if len(line.salt) > MAX_TEXT or not line.salt.isascii():
        raise malformed(_("an event's link or salt has the wrong form"))
    return line


def read_manifest(raw: bytes, limits: Limits) -> Manifest:
    """Return a well-formed manifest within the limits. Raises BadInput."""
    try:
        version = msgspec.json.decode(raw, type=_Versioned).format
        if version != FORMAT:
            raise BadInput(
                _("This bundle has format {version}; this program reads format {known}.").format(
                    version=version, known=FORMAT
                ),
                hint=_("Upgrade this program, then import the bundle again."),
            )
        manifest = msgspec.json.decode(raw, type=Manifest)
    except (msgspec.DecodeError, RecursionError, ValueError) as error:
        raise malformed(_("its manifest cannot be read: {error}").format(error=error)) from error
    _check_manifest(manifest, limits)
    return manifest


def malformed(why: str) -> BadInput:
    """Return the error of a file that is not a good bundle."""
    return BadInput(
        _("The bundle was refused and nothing was written: {why}.").format(why=why),
        hint=_("Ask the sender for the bundle again."),
    )


def _check_manifest(manifest: Manifest, limits: Limits) -> None:
    replicas = [part.replica for part in manifest.chains]
    digests = [piece.digest for piece in manifest.attachments]
    good = (
        _REPLICA.fullmatch(manifest.exporter) is not None
        and len(set(replicas)) == len(replicas) <= limits.chains
        and digests == sorted(set(digests))
        and all(_is_part(part) for part in manifest.chains)
        and all(_is_piece(piece) for piece in (manifest.events, *manifest.attachments))
        and manifest.count == sum(part.last_seq - part.first_seq + 1 for part in manifest.chains)
    )
    if not good:
        raise malformed(_("its manifest contradicts itself"))
    _check_sizes(manifest, limits)


def _check_sizes(manifest: Manifest, limits: Limits) -> None:
    sizes = [piece.size for piece in manifest.attachments]
    if (
        manifest.count > limits.events
        or len(sizes) > limits.attachments
        or max(sizes, default=0) > limits.attachment_bytes
        or manifest.events.size + sum(sizes) > limits.total_bytes
    ):
        raise too_large()


def too_large() -> BadInput:
    """Return the error of a bundle beyond the limits."""
    return BadInput(
        _("The bundle was refused and nothing was written: it is larger than what is accepted."),
        hint=_("Ask the sender for several smaller bundles."),
    )


def _is_part(part: ChainPart) -> bool:
    return (
        _REPLICA.fullmatch(part.replica) is not None
        and 1 <= part.first_seq <= part.last_seq <= MAX_SEQ
        and _HEX64.fullmatch(part.previous_link) is not None
        and _HEX64.fullmatch(part.last_link) is not None
    )


def _is_piece(piece: Piece) -> bool:
    return _HEX64.fullmatch(piece.digest) is not None and piece.size >= 0


def _check_header(header: Header) -> None:
    texts = (header.id, header.subject, header.kind, header.author, header.act)
    seen = header.seen
    good = (
        all(0 < len(text) <= MAX_TEXT and _SUBJECT.fullmatch(text) for text in texts)
        and _AT.fullmatch(header.at) is not None
        and _REPLICA.fullmatch(header.replica) is not None
        and _HEX64.fullmatch(header.body_digest) is not None
        and 1 <= header.version <= MAX_SEQ
        and 1 <= header.seq <= MAX_SEQ
        and len(seen) <= MAX_SEEN
        and all(_REPLICA.fullmatch(name) and 1 <= seq <= MAX_SEQ for name, seq in seen.items())
        and header.replica not in seen
    )
    if not good:
        raise malformed(_("an event's header has the wrong form"))
