# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where packages come from: the mirrors of this computer, and the suites an image uses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from fleet.adapters import process
from fleet.errors import FleetError
from fleet.i18n import _

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


def host_mirrors(archive: str | None = None) -> HostMirrors:
    """Return the Debian mirrors that this computer's own APT uses, or another archive.

    Raises FleetError when neither is known: no address is built in.
    """
    if process.find("apt-get") is None:
        return choose_mirrors((), archive)
    # It reads every form of source, and neither locks nor fetches.
    said = process.run(["apt-get", "update", "--print-uris"], timeout_s=30, check=False).stdout
    return choose_mirrors(parse_release_uris(said), archive)


def parse_release_uris(text: str) -> tuple[tuple[str, str], ...]:
    """Return the (archive, suite) pairs of ``apt-get update --print-uris``."""
    return tuple((found["uri"], found["suite"]) for found in _RELEASE_URI.finditer(text))


def choose_mirrors(pairs: Iterable[tuple[str, str]], archive: str | None = None) -> HostMirrors:
    """Tell Debian's archive from others by its suites: X with X-updates, and X-security.

    An archive that is named goes first. The security archive lies beside it, unless the pairs
    say where it is.
    """
    known = [(uri, suite) for uri, suite in pairs if "ubuntu" not in uri]
    archives = [archive, *(uri for uri, suite in known if suite.endswith("-updates"))]
    chosen = next((uri for uri in archives if uri), None)
    if chosen is None:
        raise FleetError(
            _("This computer's APT names no mirror of Debian."),
            hint=_("Say which one: --set base.debian.mirror=ADDRESS"),
        )
    security = [uri for uri, suite in known if suite.endswith("-security")]
    return HostMirrors(archive=chosen, security=next(iter(security), f"{chosen}-security"))


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
