# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an image starts from: a minimal Debian, made here, or the system of an official ISO."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from fleet.adapters.apt import Apt, PackageFile, Resolution, open_apt
from fleet.adapters.apt_sources import Source, debian_sources, host_mirrors
from fleet.adapters.bootstrap import base_names, bootstrap
from fleet.adapters.process import Progress
from fleet.errors import UsageError
from fleet.i18n import _
from fleet.model.recipe import BaseSystem, Recipe
from fleet.services.image_answers import KeptAnswers
from fleet.services.image_layers import files_digest, key_of
from fleet.services.zorin import Tell, open_zorin

# Lists younger than this serve as they are: a build that is tried again finds the same packages.
FRESH_S = 12 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """The system under the roles.

    ``codename`` decides of the packages' names; ``packages`` are those that making the base
    takes; ``purged`` those that the packages' layer takes away; ``key`` is its layer's. ``root``
    is the folder of a base that is there already, ``status`` its dpkg's list.
    """

    system: BaseSystem
    suite: str
    codename: str
    apt: Apt
    epoch: int
    packages: Resolution
    key: str
    purged: tuple[str, ...] = ()
    iso_sha256: str | None = None
    root: Path | None = None
    status: Path | None = None

    def resolve(
        self, names: Sequence[str], recipe: Recipe, *, unwanted: Sequence[str] = ()
    ) -> Resolution:
        """Return what these names add to the base. Raises MissingPackages.

        Nothing of ``unwanted`` comes in, even as a recommendation.
        """
        asked = [*names, *(f"{name}-" for name in (*recipe.packages_removed, *self.purged))]
        if self.root is None:
            asked = [*base_names(), *asked]
        found = _resolved(
            self.apt, asked, installed=self.status, recommends=recipe.recommends,
            pins=_pins(unwanted),
        )  # fmt: skip
        known = {file.name for file in self.packages.packages}
        return Resolution(packages=tuple(f for f in found.packages if f.name not in known))

    def make(self, folder: Path, log: Path) -> Iterator[Progress]:
        """Make the base in a folder that does not exist; its packages were downloaded."""
        yield from bootstrap(self.apt, folder, suite=self.suite, epoch=self.epoch, log=log)


def open_base(
    recipe: Recipe, cache: Path, *, refresh: bool | None, tell: Tell | None = None
) -> Base:
    """Return the base of a recipe, with the package lists it is made from.

    An ISO is unpacked the first time, and ``tell`` hears of it. Raises UsageError for a Zorin
    recipe without its ISO, BadInput for another ISO than the one named.
    """
    if recipe.base.system is BaseSystem.ZORIN:
        return _zorin(recipe, cache, refresh, tell)
    return _debian(recipe, cache, refresh)


def _debian(recipe: Recipe, cache: Path, refresh: bool | None) -> Base:
    suite = recipe.base.suite
    apt = open_apt(cache, _sources(recipe))
    _refresh(apt, refresh)
    packages = _resolved(apt, base_names(), recommends=False)
    epoch = apt.newest_release_epoch()
    exact = [(file.name, file.version, file.sha256) for file in packages.packages]
    return Base(
        system=BaseSystem.DEBIAN,
        suite=suite,
        codename=suite,
        apt=apt,
        epoch=epoch,
        packages=packages,
        key=key_of("debian", suite, epoch, exact),
    )


def _zorin(recipe: Recipe, cache: Path, refresh: bool | None, tell: Tell | None) -> Base:
    iso, sha256 = recipe.base.iso, recipe.base.iso_sha256
    if not iso or not sha256:
        raise UsageError(
            _("The recipe {name} needs the official ISO of Zorin OS.").format(name=recipe.name),
            hint=_("Add: --set base.zorin.iso=FILE --set base.zorin.sha256=DIGEST"),
        )
    found = open_zorin(Path(iso), sha256, cache, tell)
    apt = open_apt(cache, found.sources)
    _refresh(apt, refresh)
    epoch = apt.newest_release_epoch()
    return Base(
        system=BaseSystem.ZORIN,
        suite=found.facts.codename,
        codename=found.facts.codename,
        apt=apt,
        epoch=epoch,
        packages=Resolution(packages=()),
        key=key_of("zorin", sha256.lower(), epoch),
        purged=found.facts.live_packages,
        iso_sha256=sha256.lower(),
        root=found.root,
        status=found.status,
    )


def _resolved(
    apt: Apt,
    names: Sequence[str],
    *,
    installed: Path | None = None,
    recommends: bool,
    pins: str = "",
) -> Resolution:
    """Return APT's answer, kept as long as its lists are the same; see ``Apt.resolve``."""
    lists = [(path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in _indexes(apt)]
    status = files_digest([installed]) if installed else ""

    def answer() -> list[dict[str, object]]:
        found = apt.resolve(names, installed=installed, recommends=recommends, pins=pins)
        return [asdict(file) for file in found.packages]

    question = ("resolve", lists, list(names), status, recommends, pins)
    found = KeptAnswers(apt.folder / "answers").ask(question, answer)
    return Resolution(packages=tuple(PackageFile(**file) for file in found))


def _indexes(apt: Apt) -> list[Path]:
    return sorted(path for path in apt.lists.iterdir() if path.is_file())


def _pins(unwanted: Sequence[str]) -> str:
    """Return the APT preferences of a build: these packages cannot be installed."""
    return "\n".join(f"Package: {name}\nPin: release *\nPin-Priority: -1\n" for name in unwanted)


def _sources(recipe: Recipe) -> tuple[Source, ...]:
    mirrors = host_mirrors(recipe.base.mirror)
    if recipe.base.components:
        return debian_sources(recipe.base.suite, mirrors, components=recipe.base.components)
    return debian_sources(recipe.base.suite, mirrors)


def _refresh(apt: Apt, wanted: bool | None) -> None:
    if wanted is False and apt.has_lists():
        return
    if wanted is None and apt.has_lists() and _age_s(apt) < FRESH_S:
        return
    apt.refresh()
    (apt.folder / "refreshed").touch()


def _age_s(apt: Apt) -> float:
    try:
        return time.time() - (apt.folder / "refreshed").stat().st_mtime
    except FileNotFoundError:
        return float("inf")
