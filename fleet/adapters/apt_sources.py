# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where packages come from: the mirrors of this computer, and the suites an image uses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from fleet.adapters import process

DEBIAN_KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
DEBIAN_COMPONENTS = ("main", "non-free-firmware")
_RELEASE_URI = re.compile(r"'(?P<uri>(?:https?|file|copy):\S+?)/dists/(?P<suite>\S+)/InRelease'")
_ROLLING = ("sid", "unstable", "testing")


@dataclass(frozen=True, slots=True, kw_only=True)
class HostMirrors:
    """The archive and its security archive."""

    archive: str
    security: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One suite of one archive; ``keyring`` is what signs it."""

    uri: str
    suite: str
    components: tuple[str, ...]
    keyring: Path

    def stanza(self) -> str:
        """Return it as APT reads it (deb822)."""
        return (
            f"Types: deb\nURIs: {self.uri}\nSuites: {self.suite}\n"
            f"Components: {' '.join(self.components)}\nSigned-By: {self.keyring}\n"
        )


# What a computer without Debian's own mirrors gets.
PUBLIC_MIRRORS = HostMirrors(
    archive="http://deb.debian.org/debian", security="http://deb.debian.org/debian-security"
)


def host_mirrors() -> HostMirrors:
    """Return the Debian mirrors that this computer's own APT uses; the public ones for want."""
    if process.find("apt-get") is None:
        return PUBLIC_MIRRORS
    # It reads every form of source, and neither locks nor fetches.
    said = process.run(["apt-get", "update", "--print-uris"], timeout_s=30, check=False).stdout
    return choose_mirrors(parse_release_uris(said))


def parse_release_uris(text: str) -> tuple[tuple[str, str], ...]:
    """Return the (archive, suite) pairs of ``apt-get update --print-uris``."""
    return tuple((found["uri"], found["suite"]) for found in _RELEASE_URI.finditer(text))


def choose_mirrors(pairs: Iterable[tuple[str, str]]) -> HostMirrors:
    """Tell Debian's archive from others by its suites: X with X-updates, and X-security."""
    known = tuple(pairs)
    archive = next(
        (uri for uri, suite in known if suite.endswith("-updates") and "ubuntu" not in uri), None
    )
    security = next(
        (uri for uri, suite in known if suite.endswith("-security") and "ubuntu" not in uri), None
    )
    if archive is None:
        return PUBLIC_MIRRORS
    return HostMirrors(archive=archive, security=security or PUBLIC_MIRRORS.security)


def debian_sources(
    suite: str,
    mirrors: HostMirrors | None = None,
    *,
    components: Sequence[str] = DEBIAN_COMPONENTS,
    keyring: Path = DEBIAN_KEYRING,
) -> tuple[Source, ...]:
    """Return a Debian suite with its updates and its security updates."""
    mirrors = mirrors or host_mirrors()
    suites = [(mirrors.archive, suite)]
    if suite not in _ROLLING:
        suites += [(mirrors.archive, f"{suite}-updates"), (mirrors.security, f"{suite}-security")]
    return tuple(
        Source(uri=uri, suite=name, components=tuple(components), keyring=keyring)
        for uri, name in suites
    )
