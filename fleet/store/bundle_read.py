# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Opens a bundle file: container, manifest, signature, digests. Knows nothing of the store.

The container is read here and not by ``tarfile``: only the four kinds of members, in order, as
plain files, are understood, so there is no path, link or device to be tricked with.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import zstandard

from fleet.errors import NotFound
from fleet.i18n import _
from fleet.store import sshsig
from fleet.store.bundle_format import (
    ATTACHMENTS,
    EVENTS,
    KIB,
    MANIFEST,
    MIB,
    SIGNATURE,
    Limits,
    Manifest,
    Piece,
    malformed,
    read_manifest,
    too_large,
)
from fleet.store.files import finish

_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
_BLOCK = 512
_RECORD = 10 * KIB
_CHUNK = 256 * KIB
_MAX_FRAME_HEADER = 18
_RLE = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpacked:
    """A bundle whose signature and digests hold, laid out in a folder to be checked further."""

    manifest: Manifest
    events: Path
    attachments: dict[str, Path]


@dataclass(frozen=True, slots=True, kw_only=True)
class Introduction:
    """Who says to have made a bundle: shown to a person who decides on trust, proves nothing."""

    replica: str
    public_key: str
    fingerprint: str


def unpack(path: Path, folder: Path, key_of: Callable[[str], str], limits: Limits) -> Unpacked:
    """Check a bundle file and lay out its members in an empty folder.

    ``key_of`` gives the key of a replica that may send, or raises. Raises BadInput,
    TrustRefused and NotFound; the caller removes the folder.
    """
    with (
        _open(path, limits) as file,
        _decompressor(limits).stream_reader(file, read_across_frames=True) as stream,
    ):
        members = _Members(stream)
        raw = members.small(MANIFEST, limits.manifest_bytes)
        signature = members.small(SIGNATURE, limits.signature_bytes)
        manifest = read_manifest(raw, limits)
        key = key_of(manifest.exporter)
        sshsig.check(_ascii(signature), raw, key, sshsig.BUNDLE_NAMESPACE)
        members.spool(EVENTS, manifest.events, folder / "events")
        attachments = {piece.digest: folder / piece.digest for piece in manifest.attachments}
        for piece in manifest.attachments:
            members.spool(ATTACHMENTS + piece.digest, piece, attachments[piece.digest])
        members.end()
    return Unpacked(manifest=manifest, events=folder / "events", attachments=attachments)


def introduce(path: Path, limits: Limits | None = None) -> Introduction:
    """Return who claims to have made a bundle, and the key its manifest was signed with."""
    limits = limits or Limits()
    with _open(path, limits) as file, _decompressor(limits).stream_reader(file) as stream:
        members = _Members(stream)
        raw = members.small(MANIFEST, limits.manifest_bytes)
        signature = _ascii(members.small(SIGNATURE, limits.signature_bytes))
    manifest = read_manifest(raw, limits)
    key = sshsig.signer_of(signature)
    sshsig.check(signature, raw, key, sshsig.BUNDLE_NAMESPACE)
    return Introduction(
        replica=manifest.exporter, public_key=key, fingerprint=sshsig.fingerprint(key)
    )


def _open(path: Path, limits: Limits) -> BinaryIO:
    try:
        file = path.open("rb")
    except OSError as error:
        raise NotFound(
            _("The bundle {path} cannot be read.").format(path=path),
            hint=_("Check the file's name and that its stick is plugged in."),
        ) from error
    try:
        _check_frame(file, path.stat().st_size, limits)
    except BaseException:
        file.close()
        raise
    return file


def _decompressor(limits: Limits) -> zstandard.ZstdDecompressor:
    return zstandard.ZstdDecompressor(max_window_size=limits.window_bytes)


def _check_frame(file: BinaryIO, size: int, limits: Limits) -> None:
    """Check that the file is exactly one whole zstd frame (RFC 8878), without decoding it."""
    if size > limits.file_bytes:
        raise too_large()
    start = file.read(_MAX_FRAME_HEADER)
    if not start.startswith(_ZSTD_MAGIC):
        raise malformed(_("it is not a zstd file"))
    try:
        frame = zstandard.get_frame_parameters(start)
        position = zstandard.frame_header_size(start)
    except zstandard.ZstdError as error:
        raise malformed(_("it is not a zstd file")) from error
    if frame.window_size > limits.window_bytes or frame.dict_id:
        raise too_large()
    end = _end_of_blocks(file, position, limits) + (4 if frame.has_checksum else 0)
    if end != size:
        raise malformed(_("it is cut short, or something follows it"))
    file.seek(0)


def _end_of_blocks(file: BinaryIO, position: int, limits: Limits) -> int:
    for _number in range(limits.blocks):
        file.seek(position)
        header = file.read(3)
        if len(header) < 3:
            raise malformed(_("it is cut short"))
        word = int.from_bytes(header, "little")
        last, kind, size = word & 1, word >> 1 & 3, word >> 3
        position += 3 + (1 if kind == _RLE else size)
        if last:
            return position
    raise too_large()


class _Members:
    """Plain files of a tar stream, asked for by name, in order, each within its size."""

    def __init__(self, stream: zstandard.ZstdDecompressionReader) -> None:
        self._stream = stream

    def small(self, name: str, limit: int) -> bytes:
        """Return a member's bytes."""
        size = self._header(name)
        if size > limit:
            raise too_large()
        data = self._read(size)
        self._skip_padding(size)
        return data

    def spool(self, name: str, piece: Piece, target: Path) -> None:
        """Write a member to a file, checking its size and digest."""
        if self._header(name) != piece.size:
            raise malformed(_("{name} has not the announced size").format(name=name))
        digest = hashlib.sha256()
        with target.open("xb") as file:
            left = piece.size
            while left:
                chunk = self._read(min(left, _CHUNK))
                left -= len(chunk)
                digest.update(chunk)
                file.write(chunk)
            finish(file)
        if digest.hexdigest() != piece.digest:
            raise malformed(_("{name} has not the announced digest").format(name=name))
        self._skip_padding(piece.size)

    def end(self) -> None:
        """Check that only the archive's zero padding is left."""
        rest = self._read_up_to(2 * _RECORD)
        if len(rest) < 2 * _BLOCK or len(rest) >= 2 * _RECORD or rest.strip(b"\0"):
            raise malformed(_("something follows its last member"))

    def _header(self, name: str) -> int:
        """Return the size of the next member, which must be a plain file of that name."""
        block = self._read(_BLOCK)
        wanted = name.encode().ljust(100, b"\0")
        plain = block[156:157] == b"0" and block[157:257] == bytes(100)
        ustar = block[257:265] == b"ustar\x0000" and block[345:500] == bytes(155)
        if block[:100] != wanted or not plain or not ustar:
            raise malformed(_("{name} is not where it should be").format(name=name))
        digits = block[124:136].rstrip(b"\0 ")
        if not digits.isdigit() or set(digits) & set(b"89"):
            raise malformed(_("the size of {name} cannot be read").format(name=name))
        return int(digits, 8)

    def _skip_padding(self, size: int) -> None:
        if self._read(-size % _BLOCK).strip(b"\0"):
            raise malformed(_("something is hidden between its members"))

    def _read(self, size: int) -> bytes:
        data = self._read_up_to(size)
        if len(data) != size:
            raise malformed(_("it is cut short"))
        return data

    def _read_up_to(self, size: int) -> bytes:
        parts: list[bytes] = []
        try:
            while size and (chunk := self._stream.read(min(size, MIB))):
                parts.append(chunk)
                size -= len(chunk)
        except zstandard.ZstdError as error:
            raise malformed(_("its compression is damaged")) from error
        return b"".join(parts)


def _ascii(signature: bytes) -> str:
    return signature.decode("ascii", "replace")
