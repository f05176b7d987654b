# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What APT says, as records; pure functions from its text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from email.utils import parsedate_to_datetime
from urllib.parse import unquote

from fleet.adapters.process import Progress
from fleet.errors import FleetError
from fleet.i18n import _, ngettext

# 'http://.../a_1%3a2.0_amd64.deb' a_1%3a2.0_amd64.deb 1234 SHA256:...
_FETCHED = re.compile(r"^'[^']*' (?P<name>[^_\s]+)_(?P<version>[^_\s]+)_[^_\s]+\.deb \d+", re.M)
_ABSENT = re.compile(
    r"^E: (?:Unable to locate package (?P<unknown>\S+)"
    r"|Package '(?P<candidateless>[^']+)' has no installation candidate"
    r"|Couldn't find any package by (?:glob|regex) '(?P<pattern>[^']+)'"
    r"|Version '(?P<version>[^']+)' for '(?P<name>[^']+)' was not found)",
    re.M,
)
_PERCENT = re.compile(
    r"^(?P<kind>dlstatus|pmstatus):(?P<item>[^:]*):(?P<percent>[\d.]+):(?P<text>.*)$"
)
_NEAR_NAMES = 3
_HINTED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageFile:
    """One package at one version, and its file."""

    name: str
    version: str
    architecture: str
    size_bytes: int
    installed_bytes: int
    sha256: str
    filename: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """Every package that an installation adds, in APT's order."""

    packages: tuple[PackageFile, ...]

    @property
    def size_bytes(self) -> int:
        """What is downloaded when nothing is in the cache."""
        return sum(package.size_bytes for package in self.packages)

    @property
    def installed_bytes(self) -> int:
        """What it takes once installed, as the packages declare it."""
        return sum(package.installed_bytes for package in self.packages)


class MissingPackages(FleetError):
    """Packages that no source has; ``near`` maps each to names that look like it."""

    exit_status = 3

    def __init__(self, near: dict[str, tuple[str, ...]]) -> None:
        hints = [
            _("{name}: perhaps {near}?").format(name=name, near=", ".join(names))
            for name, names in list(near.items())[:_HINTED]
            if names
        ]
        super().__init__(
            ngettext(
                "This package is in none of the sources: {names}.",
                "These packages are in none of the sources: {names}.",
                len(near),
            ).format(names=", ".join(near)),
            hint=" ".join((*hints, _("Correct the recipe, or give it another suite."))),
        )
        self.near = near


def missing_names(stderr: str) -> tuple[str, ...]:
    """Return the packages that ``apt-get install`` found no candidate for."""
    names = (
        found["unknown"] or found["candidateless"] or found["pattern"]
        or f"{found['name']}={found['version']}"
        for found in _ABSENT.finditer(stderr)
    )  # fmt: skip
    return tuple(dict.fromkeys(names))


def near_names(missing: Sequence[str], known: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return the known names that look like each missing one."""
    return {
        name: tuple(get_close_matches(name.split("=")[0], known, n=_NEAR_NAMES, cutoff=0.7))
        for name in missing
    }


def parse_uris(stdout: str) -> tuple[tuple[str, str], ...]:
    """Return the (name, version) pairs that ``apt-get --print-uris`` would fetch."""
    return tuple((one["name"], unquote(one["version"])) for one in _FETCHED.finditer(stdout))


def parse_packages(text: str) -> Iterator[PackageFile]:
    """Return the packages of ``apt-cache show``."""
    for stanza in text.split("\n\n"):
        fields = _fields(stanza)
        if "SHA256" in fields:
            yield PackageFile(
                name=fields["Package"],
                version=fields["Version"],
                architecture=fields["Architecture"],
                size_bytes=int(fields["Size"]),
                installed_bytes=int(fields.get("Installed-Size", 0)) * 1024,
                sha256=fields["SHA256"],
                filename=fields["Filename"],
            )


def parse_progress(line: str) -> Progress | None:
    """Return the progress of a line of APT's status; None for any other line."""
    found = _PERCENT.match(line)
    return Progress(percent=float(found["percent"]), text=found["text"]) if found else None


def release_date(in_release: str) -> datetime | None:
    """Return the date of a Release file."""
    dated = re.search(r"^Date: (.+)$", in_release, re.M)
    return parsedate_to_datetime(dated[1]).astimezone(UTC) if dated else None


def _fields(stanza: str) -> dict[str, str]:
    """Return a stanza's one-line fields."""
    lines = (line.partition(": ") for line in stanza.splitlines() if not line.startswith(" "))
    return {name: value for name, colon, value in lines if colon}
