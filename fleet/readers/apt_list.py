# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads where APT takes packages from: ``sources.list`` lines and deb822 ``.sources`` files."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_LINE = re.compile(r"deb\s+(?:\[(?P<options>[^]]*)\]\s+)?(?P<uri>\S+)\s+(?P<rest>.+)")
_NETWORK = ("http://", "https://", "mirror+http", "file:")
_ARMOR = "-----BEGIN PGP PUBLIC KEY BLOCK-----"


@dataclass(frozen=True, slots=True, kw_only=True)
class AptEntry:
    """One suite of one archive of binary packages.

    ``signed_by`` is the path of a keyring, an armored key, or empty for those that APT trusts
    for everything.
    """

    uri: str
    suite: str
    components: tuple[str, ...]
    signed_by: str = ""


def read_lines(text: str) -> Iterator[AptEntry]:
    """Yield the archives of a ``.list`` file; discs and sources of programs are left out."""
    for line in text.splitlines():
        found = _LINE.fullmatch(line.partition("#")[0].strip())
        if found is None or not found["uri"].startswith(_NETWORK):
            continue
        suite, *components = found["rest"].split()
        options = dict(
            pair.partition("=")[::2] for pair in shlex.split(found["options"] or "", posix=False)
        )
        yield AptEntry(
            uri=found["uri"],
            suite=suite,
            components=tuple(components),
            signed_by=options.get("signed-by", ""),
        )


def read_deb822(text: str) -> Iterator[AptEntry]:
    """Yield the archives of a ``.sources`` file; those switched off are left out."""
    for block in re.split(r"\n\s*\n", text):
        fields = _fields(block)
        if "deb" not in fields.get("types", "").split() or fields.get("enabled") == "no":
            continue
        for uri in fields.get("uris", "").split():
            for suite in fields.get("suites", "").split():
                if uri.startswith(_NETWORK):
                    yield AptEntry(
                        uri=uri,
                        suite=suite,
                        components=tuple(fields.get("components", "").split()),
                        signed_by=_signed_by(fields.get("signed-by", "")),
                    )


def _fields(block: str) -> Mapping[str, str]:
    """Return a paragraph's fields in small letters; a lone dot is an empty line."""
    fields: dict[str, str] = {}
    name = ""
    for line in block.splitlines():
        if line.startswith("#"):
            continue
        if line[:1] in (" ", "\t") and name:
            fields[name] += "\n" + line.strip().removeprefix(".")
        elif ":" in line:
            name, _colon, value = line.partition(":")
            name = name.strip().lower()
            fields[name] = value.strip()
    return fields


def _signed_by(value: str) -> str:
    """Return an armored key as it is, or the first path: APT tells several by spaces."""
    return value.strip() if _ARMOR in value else next(iter(value.split()), "")
