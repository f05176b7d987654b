# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An APT of our own: it knows an image's sources, not this computer's packages or locks.

Lists are kept per set of sources, package files together, so that images share them and a
build works without the network once its packages were fetched.
"""

from __future__ import annotations

import fcntl
import hashlib
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from fleet.adapters import process
from fleet.adapters.apt_records import (
    MissingPackages,
    PackageFile,
    Resolution,
    missing_names,
    near_names,
    parse_packages,
    parse_progress,
    parse_uris,
    release_date,
)
from fleet.adapters.apt_sources import Source
from fleet.adapters.process import Finished, ProgramFailed, Progress
from fleet.errors import FleetError, MirrorUnreachable, TrustRefused
from fleet.i18n import _

_UPDATE_S = 600
_QUERY_S = 600
_DOWNLOAD_STALL_S = 180
_HOST_SETTINGS = re.compile(r"^Acquire::(?:https?|ftp|Proxy|Retries)\S* .*;$", re.M | re.I)
_DISTRUST = ("NO_PUBKEY", "not signed", "BADSIG", "EXPKEYSIG", "invalid", "not valid", "NODATA")
_TRUNCATED = 600
# All that an installation takes. A simulation tells it too, in a time that grows with its square.
_NOTHING_FETCHED = ("--print-uris", "--quiet=2", "--option=Dir::Cache::archives=/nonexistent")

__all__ = ["Apt", "MissingPackages", "PackageFile", "Progress", "Refreshed", "Resolution"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refreshed:
    """What is known of the sources; ``why_stale`` says why it is not of now."""

    why_stale: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Apt:
    """APT with a folder of its own; made by ``open_apt``."""

    folder: Path
    archives: Path
    sources: tuple[Source, ...]

    @property
    def lists(self) -> Path:
        """The folder of the sources' indexes."""
        return self.folder / "lists"

    def refresh(self) -> Refreshed:
        """Fetch the indexes; without a mirror, be content with those fetched before.

        Raises MirrorUnreachable when there are none, TrustRefused for a bad signature.
        """
        with self._locked():
            done = self._apt_get(["update", "--option=APT::Update::Error-Mode=any"], _UPDATE_S)
        if not done.status:
            return Refreshed(why_stale=None)
        reason = _errors(done.stderr)
        if any(word in reason for word in _DISTRUST):
            raise TrustRefused(
                _("The mirror's signature is refused: {why}").format(why=reason),
                hint=_("Check the clock, and the keyring of the sources."),
            )
        if not self.has_lists():
            raise _unreachable(reason)
        return Refreshed(why_stale=reason)

    def has_lists(self) -> bool:
        """Say whether every source's index was fetched once."""
        return len(self._releases()) >= len(self.sources) and not self._unindexed()

    def resolve(
        self,
        names: Sequence[str],
        *,
        installed: Path | None = None,
        recommends: bool = True,
        pins: str = "",
    ) -> Resolution:
        """Return every package that installing these names adds.

        ``names`` are APT's words: ``name``, ``name=version``, ``name-``, ``?pattern``.
        ``installed`` is a dpkg status file, ``pins`` the text of an APT preferences file.
        Raises MissingPackages naming each unknown name.
        """
        options = [*_NOTHING_FETCHED, *_install_options(recommends), *self._status(installed)]
        options += self._pins(pins)
        done = self._apt_get([*options, "install", "--", *names], _QUERY_S)
        if done.status:
            raise self._refusal(done.stderr)
        return Resolution(packages=self._described(parse_uris(done.stdout)))

    def download(self, wanted: Resolution, *, installed: Path | None = None) -> Iterator[Progress]:
        """Fetch what is not in the cache yet; APT resumes, and verifies what it fetches.

        ``installed`` is the dpkg status file that they were resolved with. What the cache has
        is verified here: APT looks at its size only.
        """
        self._discard_altered(wanted)
        names = [f"{package.name}={package.version}" for package in wanted.packages]
        if not names or not self.to_download(wanted):
            return
        options = ["--download-only", "--option=APT::Status-Fd=1", *_install_options(False)]
        command = [*self._command(), *options, *self._status(installed), "install", "--"]
        command += names
        with self._locked():
            yield from self._followed(command)

    def to_download(self, wanted: Resolution) -> tuple[PackageFile, ...]:
        """Return the packages whose file is not in the cache in its whole size."""
        return tuple(p for p in wanted.packages if not _is_whole(self.file_of(p), p))

    def _discard_altered(self, wanted: Resolution) -> None:
        """Remove the files that a crash or a disk spoilt."""
        for package in wanted.packages:
            file = self.file_of(package)
            if file.is_file() and _sha256(file) != package.sha256:
                file.unlink()

    def file_of(self, package: PackageFile) -> Path:
        """Return where a package's file is, once it was downloaded."""
        version = package.version.replace(":", "%3a")
        return self.archives / f"{package.name}_{version}_{package.architecture}.deb"

    def newest_release_epoch(self) -> int:
        """Return when the newest of the sources was published: the image's SOURCE_DATE_EPOCH."""
        dates = (release_date(path.read_text("utf-8", "replace")) for path in self._releases())
        known = [date for date in dates if date is not None]
        if not known:
            raise _unreachable(_("no index was ever fetched"))
        return int(max(known).timestamp())

    def known_names(self) -> tuple[str, ...]:
        """Return the name of every package of the sources."""
        command = ["apt-cache", "pkgnames"]
        return tuple(process.run(command, timeout_s=_QUERY_S, environ=self.environ).stdout.split())

    @property
    def environ(self) -> dict[str, str]:
        """What makes APT's programs use this folder."""
        return {"APT_CONFIG": str(self.folder / "apt.conf")}

    def _apt_get(self, words: Sequence[str], timeout_s: float) -> Finished:
        return process.run(
            ["apt-get", *words], timeout_s=timeout_s, check=False, environ=self.environ
        )

    def _command(self) -> tuple[str, ...]:
        return ("apt-get", "--assume-yes", "--quiet=2")

    def _followed(self, command: Sequence[str]) -> Iterator[Progress]:
        try:
            for line in process.stream(command, stall_s=_DOWNLOAD_STALL_S, environ=self.environ):
                if progress := parse_progress(line):
                    yield progress
        except ProgramFailed as error:
            raise _download_failure("\n".join(error.tail)) from error

    def _status(self, installed: Path | None) -> tuple[str, ...]:
        return (f"--option=Dir::State::status={installed or self.folder / 'status'}",)

    def _pins(self, pins: str) -> tuple[str, ...]:
        if not pins:
            return ()
        file = self.folder / f"preferences-{hashlib.sha256(pins.encode()).hexdigest()[:16]}"
        _write(file, pins)
        return (f"--option=Dir::Etc::preferences={file}",)

    def _described(self, versions: Sequence[tuple[str, str]]) -> tuple[PackageFile, ...]:
        if not versions:
            return ()
        asked = [f"{name}={version}" for name, version in versions]
        shown = process.run(
            ["apt-cache", "show", "--", *asked], timeout_s=_QUERY_S, environ=self.environ
        )
        files = {(file.name, file.version): file for file in parse_packages(shown.stdout)}
        return tuple(files[pair] for pair in versions)

    def _refusal(self, stderr: str) -> FleetError:
        if missing := missing_names(stderr):
            return MissingPackages(near_names(missing, self.known_names()))
        return FleetError(
            _("The packages cannot be installed together: {why}").format(why=_errors(stderr)),
            hint=_("Remove one of the packages that exclude each other from the recipe."),
        )

    def _releases(self) -> list[Path]:
        return [*self.lists.glob("*_InRelease"), *self.lists.glob("*_Release")]

    def _unindexed(self) -> list[Path]:
        """Return the sources' Release files beside which no index lies."""
        return [
            path
            for path in self._releases()
            if not any(self.lists.glob(f"{path.name.rpartition('_')[0]}_*_Packages*"))
        ]

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Wait for our turn: APT itself gives up when another one works in the folder."""
        with (self.archives / "parclibre.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def open_apt(cache: Path, sources: Sequence[Source]) -> Apt:
    """Return the APT of these sources, whose lists and files are kept in the cache folder."""
    cache = cache.absolute()
    asked = "\n".join(source.stanza() for source in sources)
    key = hashlib.sha256(asked.encode()).hexdigest()[:16]
    apt = Apt(folder=cache / "apt" / key, archives=cache / "archives", sources=tuple(sources))
    for folder in ("lists/partial", "cache", "etc"):
        (apt.folder / folder).mkdir(parents=True, exist_ok=True)
    (apt.archives / "partial").mkdir(parents=True, exist_ok=True)
    _write(apt.folder / "status", "")
    _write(apt.folder / "image.sources", asked)
    _write(apt.folder / "apt.conf", _configuration(apt))
    return apt


def _write(file: Path, text: str) -> None:
    """Write a file unless it says that already: APT reads all lists again when one is newer."""
    if not file.is_file() or file.read_text() != text:
        file.write_text(text)


def _configuration(apt: Apt) -> str:
    """Return the configuration file: what is not said here is APT's default, not the host's."""
    folder = apt.folder
    return f"""\
Dir::State "{folder}";
Dir::State::lists "{folder}/lists";
Dir::State::status "{folder}/status";
Dir::State::extended_states "{folder}/extended_states";
Dir::Cache "{folder}/cache";
Dir::Cache::archives "{apt.archives}";
Dir::Log "{folder}";
Dir::Etc "{folder}/etc";
Dir::Etc::main "none";
Dir::Etc::sourcelist "{folder}/image.sources";
Dir::Etc::sourceparts "none";
Dir::Etc::preferences "none";
Dir::Etc::preferencesparts "none";
Dir::Etc::parts "none";
Dir::Etc::netrc "/etc/apt/auth.conf";
Dir::Etc::netrcparts "/etc/apt/auth.conf.d";
APT::Architecture "amd64";
APT::Architectures {{ "amd64"; }};
APT::Sandbox::User "root";
APT::Keep-Downloaded-Packages "true";
Acquire::Languages {{ "none"; }};
Acquire::Retries "3";
Acquire::http::Timeout "30";
{_host_settings()}
"""


def _host_settings() -> str:
    """Return how this computer reaches the network: proxies and their like."""
    dump = process.run(["apt-config", "dump"], timeout_s=_QUERY_S).stdout
    return "\n".join(_HOST_SETTINGS.findall(dump))


def _install_options(recommends: bool) -> tuple[str, ...]:
    word = "true" if recommends else "false"
    return ("--assume-yes", f"--option=APT::Install-Recommends={word}")


def _is_whole(file: Path, package: PackageFile) -> bool:
    return file.is_file() and file.stat().st_size == package.size_bytes


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _errors(stderr: str) -> str:
    """Return APT's errors and warnings, without their repetitions."""
    lines = [line[3:] for line in stderr.splitlines() if line.startswith(("E: ", "W: "))]
    return " ".join(dict.fromkeys(lines))[:_TRUNCATED] or stderr.strip()[-_TRUNCATED:]


def _unreachable(reason: str) -> MirrorUnreachable:
    return MirrorUnreachable(
        _("The mirror does not answer: {why}").format(why=reason),
        hint=_("Check the network and the mirror's address; what was fetched is kept."),
    )


def _download_failure(said: str) -> FleetError:
    if "No space left" in said or "enough free space" in said:
        return FleetError(
            _("There is no space left for the packages: {why}").format(why=_errors(said)),
            hint=_("Free some disk space, or move the cache (PARCLIBRE_CACHE)."),
        )
    if "Hash Sum mismatch" in said or "unexpected size" in said:
        return TrustRefused(
            _("The mirror gives other files than it announces: {why}").format(why=_errors(said)),
            hint=_("Try again later, or choose another mirror."),
        )
    return _unreachable(_errors(said))
