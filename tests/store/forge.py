# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bundles taken apart, changed, and put together again, signed or not: what an attacker does."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import zstandard

from fleet.model.events import GENESIS, Header, body_digest, next_link
from fleet.store.bundle_format import head_message
from fleet.store.keys import ReplicaKey


@dataclass(kw_only=True)
class Parts:
    """A bundle in pieces: everything in it may be changed."""

    manifest: dict[str, Any]
    lines: list[dict[str, Any]]
    attachments: dict[str, bytes]
    extra: list[tuple[tarfile.TarInfo, bytes]] = field(default_factory=list)


def take_apart(bundle: Path) -> Parts:
    with zstandard.open(bundle) as stream, tarfile.open(fileobj=stream, mode="r|") as archive:
        files = {member.name: _content(archive, member) for member in archive}
    return Parts(
        manifest=json.loads(files["manifest.json"]),
        lines=[json.loads(line) for line in files["events.jsonl"].splitlines()],
        attachments={
            name.removeprefix("attachments/"): data
            for name, data in files.items()
            if name.startswith("attachments/")
        },
    )


def forge(
    bundle: Path,
    key: ReplicaKey,
    change: Callable[[Parts], None],
    *,
    redo_links: bool = False,
    fix_manifest: bool = True,
) -> Path:
    """Write a changed copy, with digests and manifest signature made right again."""
    parts = take_apart(bundle)
    change(parts)
    if redo_links:
        relink(parts, key)
    events = b"".join(_compact(line) + b"\n" for line in parts.lines)
    if fix_manifest:
        ranges = [(part["first_seq"], part["last_seq"]) for part in parts.manifest["chains"]]
        parts.manifest["count"] = sum(last - first + 1 for first, last in ranges)
        parts.manifest["events"] = _piece(events)
        parts.manifest["attachments"] = [_piece(d) for _, d in sorted(parts.attachments.items())]
    return write(bundle.with_name(f"forged-{bundle.name}"), key, parts, events)


def write(target: Path, key: ReplicaKey, parts: Parts, events: bytes) -> Path:
    raw = json.dumps(parts.manifest).encode()
    members = [
        (tarfile.TarInfo("manifest.json"), raw),
        (tarfile.TarInfo("manifest.json.sig"), key.sign(raw, "parclibre-bundle").encode()),
        (tarfile.TarInfo("events.jsonl"), events),
        *(
            (tarfile.TarInfo(f"attachments/{name}"), data)
            for name, data in sorted(parts.attachments.items())
        ),
        *parts.extra,
    ]
    return write_members(target, members)


def write_members(target: Path, members: list[tuple[tarfile.TarInfo, bytes]]) -> Path:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for member, data in members:
            member.size = len(data) if member.isreg() else 0
            archive.addfile(member, io.BytesIO(data))
    target.write_bytes(zstandard.ZstdCompressor().compress(buffer.getvalue()))
    return target


def relink(parts: Parts, key: ReplicaKey) -> None:
    """Chain the lines of the key's own replica again after a change, and sign the new end."""
    link = GENESIS
    for line in parts.lines:
        if line["header"]["replica"] == key.replica:
            if line["body"] is not None:
                line["header"]["body_digest"] = body_digest(line["salt"], line["body"].encode())
            link = line["link"] = next_link(link, msgspec.convert(line["header"], Header))
    for part in parts.manifest["chains"]:
        if part["replica"] == key.replica:
            own = [one for one in parts.lines if one["header"]["replica"] == key.replica]
            part["last_seq"], part["last_link"] = len(own), link
            part["signature"] = key.sign(
                head_message(key.replica, len(own), link), "parclibre-head"
            )


def _content(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = archive.extractfile(member)
    assert file is not None
    return file.read()


def _compact(line: dict[str, Any]) -> bytes:
    return json.dumps(line, separators=(",", ":"), ensure_ascii=False).encode()


def _piece(data: bytes) -> dict[str, Any]:
    return {"digest": hashlib.sha256(data).hexdigest(), "size": len(data)}
