# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads what lies beside the live system of an Ubuntu-like ISO: layers, lists, os-release.

Older ISOs have one ``casper/filesystem.squashfs``; those of Ubuntu 23.04 and later have layers
whose names say what they lie on: ``minimal.standard.squashfs`` on ``minimal.squashfs``.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Collection, Iterable, Mapping
from pathlib import PurePosixPath
from typing import Any

import yaml

from fleet.errors import BadInput
from fleet.i18n import _

CASPER = "casper"
SOURCES = f"{CASPER}/install-sources.yaml"
KERNEL = f"{CASPER}/vmlinuz"
LIVE_ONLY = f"{CASPER}/filesystem.manifest-remove"
MD5 = "md5sum.txt"
_SINGLE = "filesystem"
_SUFFIX = ".squashfs"
# Layers of the live session, of its installer, of a choice or of a language: not the system.
_NOT_THE_SYSTEM = re.compile(
    r"live|installer|generic|hwe|no-languages|enhanced-secureboot|[a-z]{2,3}([_-][A-Za-z]+)?"
)
_LIVE_PACKAGE = re.compile(r"(casper|ubiquity|lupin|live-boot)(-.+)?")
_MD5_LINE = re.compile(r"([0-9a-f]{32})\s+\*?(?:\./)?(.+)")
# The x86 boot protocol: « HdrS », then where the version's text is.
_KERNEL_MAGIC, _KERNEL_VERSION, _SECTOR = 0x202, 0x20E, 0x200


def live_layers(files: Collection[str], sources: str | None) -> tuple[str, ...]:
    """Return the squashfs files that make the installed system, lowest first.

    ``sources`` is the text of install-sources.yaml, which decides when there is one. Raises
    BadInput when the files are not those of a live system.
    """
    stems = {
        path.name.removesuffix(_SUFFIX)
        for path in map(PurePosixPath, files)
        if str(path.parent) == CASPER and path.name.endswith(_SUFFIX)
    }
    chosen = _default_source(sources) if sources else _system_by_name(stems)
    if chosen not in stems:
        raise BadInput(
            _("This ISO holds no live system that ParcLibre knows (folder casper)."),
            hint=_("Give the official ISO of Zorin OS, as it was downloaded."),
        )
    words = chosen.split(".")
    chain = (".".join(words[:count]) for count in range(1, len(words) + 1))
    return tuple(f"{CASPER}/{stem}{_SUFFIX}" for stem in chain if stem in stems)


def live_packages(listed: str, installed: Iterable[str]) -> tuple[str, ...]:
    """Return the installed packages that only serve the live session, sorted."""
    words = {line.split()[0].partition(":")[0] for line in listed.splitlines() if line.strip()}
    return tuple(
        sorted(name for name in set(installed) if name in words or _LIVE_PACKAGE.fullmatch(name))
    )


def md5_by_name(text: str) -> Mapping[str, str]:
    """Return the digests of ``md5sum.txt`` by name."""
    found = (_MD5_LINE.fullmatch(line.strip()) for line in text.splitlines())
    return {match[2]: match[1] for match in found if match}


def os_release(text: str) -> Mapping[str, str]:
    """Return the fields of an os-release file, unquoted."""
    pairs = (line.partition("=") for line in text.splitlines() if not line.startswith("#"))
    return {name.strip(): _unquoted(value) for name, equals, value in pairs if equals}


def kernel_version(head: bytes) -> str | None:
    """Return the version that an x86 kernel's first sectors name, None when they do not."""
    if head[_KERNEL_MAGIC : _KERNEL_MAGIC + 4] != b"HdrS":
        return None
    start = int.from_bytes(head[_KERNEL_VERSION : _KERNEL_VERSION + 2], "little") + _SECTOR
    text = head[start : start + 256].partition(b"\0")[0].decode("ascii", "replace")
    version = text.partition(" ")[0]
    return version if re.fullmatch(r"\d[\w.+~-]*", version) else None


def _default_source(text: str) -> str:
    """Return the stem of the system that the ISO's own installer proposes first."""
    try:
        document: Any = yaml.safe_load(text)
    except yaml.YAMLError:
        return ""
    # Version 2 of the format put the list under a key.
    sources = document.get("sources") if isinstance(document, Mapping) else document
    entries = [one for one in sources or () if isinstance(one, Mapping) and "path" in one]
    ordered = sorted(entries, key=lambda one: one.get("default") is not True)
    return str(ordered[0]["path"]).removesuffix(_SUFFIX) if ordered else ""


def _system_by_name(stems: Collection[str]) -> str:
    if _SINGLE in stems:
        return _SINGLE
    systems = [
        stem
        for stem in sorted(stems)
        if not any(_NOT_THE_SYSTEM.fullmatch(word) for word in stem.split("."))
    ]
    return max(systems, key=lambda stem: stem.count("."), default="")


def _unquoted(value: str) -> str:
    try:
        return " ".join(shlex.split(value))
    except ValueError:
        return value.strip()
