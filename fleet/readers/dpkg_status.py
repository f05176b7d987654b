# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads what dpkg wrote: installed packages, and the licences that copyright files declare."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from fleet.model.image import ImagePackage

_SOURCE = re.compile(r"(?P<name>\S+)(?: \((?P<version>[^)]+)\))?")
_LICENCE = re.compile(r"^License:[ \t]*(\S.*)$", flags=re.MULTILINE)
_MACHINE_READABLE = re.compile(r"^Format(-Specification)?:.*(copyright-format|dep5)", flags=re.I)
_JOINED = re.compile(r"\s+(?:and|or|and/or)\s+|,\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalledPackage:
    """A package as dpkg knows it; ``maintainer`` without the address."""

    package: ImagePackage
    maintainer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Copyright:
    """A package's copyright file: its digest, and the licences it declares when it says so
    in Debian's machine-readable form (DEP-5); none otherwise.
    """

    sha256: str
    licences: tuple[str, ...]


def read_installed(status: str) -> tuple[InstalledPackage, ...]:
    """Return the packages that are installed, sorted, from ``/var/lib/dpkg/status``."""
    found = (_installed(fields) for fields in read_paragraphs(status))
    return tuple(sorted(filter(None, found), key=lambda known: known.package))


def read_copyright(content: bytes) -> Copyright:
    """Return what a copyright file says, whatever its bytes."""
    text = content.decode("utf-8", "replace")
    declared = _LICENCE.findall(text) if _MACHINE_READABLE.match(text) else []
    names = {part.strip() for line in declared for part in _JOINED.split(line)}
    return Copyright(
        sha256=hashlib.sha256(content).hexdigest(), licences=tuple(sorted(filter(None, names)))
    )


def read_paragraphs(text: str) -> Iterator[Mapping[str, str]]:
    """Yield the paragraphs of a Debian control file; continuation lines are left out."""
    for block in re.split(r"\n\s*\n", text):
        lines = (line for line in block.splitlines() if line[:1] not in (" ", "\t", "#", ""))
        pairs = (line.partition(":") for line in lines)
        if fields := {name: value.strip() for name, _colon, value in pairs}:
            yield fields


def _installed(fields: Mapping[str, str]) -> InstalledPackage | None:
    if not fields.get("Status", "").endswith(" installed") or "Package" not in fields:
        return None
    source = _SOURCE.match(fields.get("Source", ""))
    return InstalledPackage(
        package=ImagePackage(
            name=fields["Package"],
            version=fields.get("Version", ""),
            arch=fields.get("Architecture", ""),
            source=source["name"] if source else fields["Package"],
        ),
        maintainer=fields.get("Maintainer", "").partition("<")[0].strip(),
    )
