# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What changed from one image to another: packages, files, recipe."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fleet.model.image import FILES, ImagePackage, Manifest, StoredImage

_DIGEST = 64
_END = b"\xff"
_Entry = tuple[bytes, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A value that is not the same; None stands for absent."""

    name: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChanges:
    """Names of files of the root filesystem, sorted."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageDiff:
    """From an image to another. ``about``: base, kernel, roles' commit, sizes."""

    identical: bool
    about: tuple[Change, ...]
    recipe: tuple[Change, ...]
    packages: tuple[Change, ...]
    files: FileChanges


def diff_images(before: StoredImage, after: StoredImage) -> ImageDiff:
    """Return what changed. Both are taken at their word: verify them to be sure."""
    old, new = before.manifest, after.manifest
    return ImageDiff(
        identical=old.digest == new.digest,
        about=_changes(_about(old), _about(new)),
        recipe=_changes(dict(_flat(old.recipe)), dict(_flat(new.recipe))),
        packages=_changes(_versions(old.packages), _versions(new.packages)),
        files=diff_lists(before.folder / FILES, after.folder / FILES),
    )


def diff_lists(before: Path, after: Path) -> FileChanges:
    """Compare two sorted lists of digests without holding either in memory."""
    found = _Found()
    with before.open("rb") as old_file, after.open("rb") as new_file:
        old_entries, new_entries = map(_entry, old_file), map(_entry, new_file)
        old, new = next(old_entries, None), next(new_entries, None)
        while old or new:
            found.compare(old, new)
            old_name, new_name = old[0] if old else _END, new[0] if new else _END
            if old_name <= new_name:
                old = next(old_entries, None)
            if new_name <= old_name:
                new = next(new_entries, None)
    return FileChanges(
        added=tuple(found.added), removed=tuple(found.removed), changed=tuple(found.changed)
    )


@dataclass(slots=True, kw_only=True)
class _Found:
    added: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)

    def compare(self, old: _Entry | None, new: _Entry | None) -> None:
        """Note what the first of two entries says, in the order of names."""
        if old is None or (new is not None and new[0] < old[0]):
            self.added.append(_shown((new or (b"", ""))[0]))
        elif new is None or old[0] < new[0]:
            self.removed.append(_shown(old[0]))
        elif old[1] != new[1]:
            self.changed.append(_shown(old[0]))


def _entry(line: bytes) -> _Entry:
    """Return the name (as bytes, for their order) and the digest of a line."""
    escaped, text = line.startswith(b"\\"), line.rstrip(b"\n").removeprefix(b"\\")
    name = text[_DIGEST + len("  ./") :]
    if escaped:
        parts = name.split(rb"\\")
        name = b"\\".join(part.replace(rb"\n", b"\n").replace(rb"\r", b"\r") for part in parts)
    return name, text[:_DIGEST].decode("ascii", "replace")


def _shown(name: bytes) -> str:
    return "/" + name.decode("utf-8", "replace")


def _versions(packages: tuple[ImagePackage, ...]) -> dict[str, str]:
    """Return versions by name; another architecture of the same package has its own line."""
    usual = {"all", *(one.arch for one in packages if one.name == "dpkg")}
    return {
        one.name if one.arch in usual else f"{one.name}:{one.arch}": one.version for one in packages
    }


def _about(manifest: Manifest) -> dict[str, str]:
    base, origin = manifest.base, manifest.provenance
    return {
        "base": f"{base.system} {base.suite} ({base.codename})",
        "iso": base.iso_sha256 or "",
        "desktop": manifest.desktop,
        "kernel": manifest.kernel,
        "roles": (origin.commit or "") + (" +" if origin.dirty else ""),
        "host": origin.host_suite,
        "tool": origin.tool_version,
        "compressed_bytes": str(manifest.compressed_bytes),
        "uncompressed_bytes": str(manifest.sizes.uncompressed_bytes),
    }


def _flat(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield the dotted path and the text of each value of a recipe."""
    if isinstance(value, Mapping) and value:
        for name, inner in value.items():
            yield from _flat(inner, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list) and any(isinstance(one, Mapping) for one in value):
        for number, inner in enumerate(value):
            yield from _flat(inner, f"{path}.{number}")
    else:
        yield path, ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _changes(old: Mapping[str, str], new: Mapping[str, str]) -> tuple[Change, ...]:
    names = sorted(old.keys() | new.keys())
    pairs = ((name, old.get(name), new.get(name)) for name in names)
    return tuple(Change(name=n, before=b, after=a) for n, b, a in pairs if a != b)
