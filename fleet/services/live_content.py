# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes on a key: images with their signatures, the town's public keys, what is expected.

Nothing secret and nobody's name: no key of the desk, no password of a store, no people table.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from uuid6 import uuid7

from fleet.adapters.disk_probe import find_disk
from fleet.adapters.disk_stick import is_stick
from fleet.errors import NotFound, UsageError
from fleet.i18n import _
from fleet.model.image import StoredImage
from fleet.model.install_plan import DiskFound, DiskKind
from fleet.model.kinds import TagsReserved
from fleet.model.live_key import (
    CERTIFICATES,
    IMAGES,
    PHOTOS,
    README,
    ROOMS,
    SEED,
    SEED_BUNDLE,
    SEED_FILE,
    TO_SEND,
    Installation,
    KeyFile,
    KeyNeeds,
    KeyPlan,
    Seed,
    encode_seed,
    fits_fat,
    lay_out_key,
    least_size,
)
from fleet.model.tags import PREFIX, TagRange, tag_of
from fleet.readers.seats import read_seats
from fleet.services import exchange, machines
from fleet.services.images_trust import trusted_keys
from fleet.services.images_verify import verify_image
from fleet.services.installer import require_free
from fleet.services.live_boot import boot_files, read_live_files, size_of
from fleet.services.records import find
from fleet.services.town import Town
from fleet.store import queries
from fleet.store.tag_ranges import read_tag_ranges

_TAGS = 100
_SPARE_BYTES = 1 << 30
_ANY_MEDIUM = "0000-0000"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyWishes:
    """What the person asked for. ``size_bytes`` is for a new file; None: what is needed."""

    target: Path
    is_file: bool
    image: StoredImage
    images: tuple[StoredImage, ...] = ()
    lots: tuple[str, ...] = ()
    rooms: tuple[Path, ...] = ()
    tags: TagRange | None = None
    label: str = ""
    size_bytes: int | None = None
    kernel_arguments: str = ""


def plan_key(town: Town, wishes: KeyWishes, *, folder: Path) -> KeyPlan:
    """Return what making a key would destroy and make; nothing is written on the stick.

    ``folder`` holds what is made for the key until it is written. Raises FleetError: an image
    that is altered or not trusted, tags that others may issue, a stick in use or too small.
    """
    found = _found(wishes)
    trusted = trusted_keys(town)
    for image in (wishes.image, *wishes.images):
        verify_image(image.folder, trusted)
    tags = wishes.tags or _free_range(town)
    require_own(town, tags)
    seed = Seed(
        label=wishes.label, town=installations(town),
        tags=(tags.id, tags.prefix, tags.first, tags.last),
    )  # fmt: skip
    on_files, on_store = _files(town, wishes, seed, folder)
    live = read_live_files(wishes.image)
    boot = boot_files(live, medium=_ANY_MEDIUM, arguments=wishes.kernel_arguments)
    needs = KeyNeeds(files=size_of(on_files), boot=size_of(boot), store=size_of(on_store))
    size = _size(found, wishes, needs)
    return KeyPlan(
        target=wishes.target, found=found, size_bytes=size, image=wishes.image,
        parts=lay_out_key(size, needs), on_files=on_files, on_store=on_store, seed=seed,
        kernel_arguments=wishes.kernel_arguments,
    )  # fmt: skip


def reserve_tags(town: Town, plan: KeyPlan) -> None:
    """Record that a key was given its numbers: nobody else issues them from here on.

    Raises UsageError when they were given or used since the plan.
    """
    if plan.seed.tags is None:
        return
    range_id, prefix, first, last = plan.seed.tags
    require_own(town, TagRange(id=range_id, prefix=prefix, first=first, last=last))
    body = TagsReserved(
        range=range_id, prefix=prefix, first=first, last=last, label=plan.seed.label
    )
    with town.act() as act:
        act.add(town.key.replica, body)


def require_own(town: Town, tags: TagRange) -> None:
    """Raise UsageError when somebody else may issue one of these tags, or did."""
    with town.journal.read() as connection:
        ranges = read_tag_ranges(connection, town.key.replica)
        met = [str(one) for one in ranges.given if one.overlaps(tags)]
        met += [tag_of(tags.prefix, number) for number in _used(connection, tags)]
    if met:
        raise UsageError(
            _("The tags {range} are not free: {what}.").format(range=tags, what=met[0]),
            hint=_("Leave --tags out: free ones are chosen."),
        )


def _found(wishes: KeyWishes) -> DiskFound | None:
    if wishes.is_file:
        if wishes.target.exists():
            raise UsageError(
                _("The file {path} exists already.").format(path=wishes.target),
                hint=_("Choose another name, or remove it first."),
            )
        return None
    found = find_disk(wishes.target)
    if found.identity.kind is DiskKind.FILE:
        raise UsageError(
            _("{path} is a file.").format(path=wishes.target),
            hint=_("To make a file: parclibre live key --file {path}").format(path=wishes.target),
        )
    require_free(found)
    if not is_stick(found.identity.path):
        raise UsageError(
            _("{path} is a disk inside this computer, not a stick.").format(path=wishes.target),
            hint=_("See the sticks: lsblk --output PATH,TRAN,MODEL,SIZE"),
        )
    return found


def _size(found: DiskFound | None, wishes: KeyWishes, needs: KeyNeeds) -> int:
    if found is not None:
        return found.identity.size_bytes
    return wishes.size_bytes or least_size(needs) + _SPARE_BYTES


def _free_range(town: Town) -> TagRange:
    """Return a hundred numbers that nobody has and nobody was given, one after another."""
    first = machines.next_tag(town).removeprefix(PREFIX)
    number = int(first) if first.isdecimal() else 1
    with town.journal.read() as connection:
        given = read_tag_ranges(connection, town.key.replica).given
        while True:
            tags = TagRange(id=str(uuid7()), prefix=PREFIX, first=number, last=number + _TAGS - 1)
            met = [one.last for one in given if one.overlaps(tags)] + _used(connection, tags)
            if not met:
                return tags
            number = max(met) + 1


def _used(connection: queries.Connection, tags: TagRange) -> list[int]:
    return [
        number
        for number in range(tags.first, tags.last + 1)
        if queries.find_by_tag(connection, tag_of(tags.prefix, number)) is not None
    ]


def installations(town: Town) -> tuple[Installation, ...]:
    """Return this desk, and those it trusts: all whose images and bundles it would accept."""
    labels = {one.replica: one.label for one in exchange.list_replicas(town)}
    keys = {**exchange.trusted_replicas(town), town.key.replica: town.key.public_key}
    return tuple(
        Installation(replica=replica, public_key=key, label=labels.get(replica, ""))
        for replica, key in keys.items()
    )


def _files(
    town: Town, wishes: KeyWishes, seed: Seed, folder: Path
) -> tuple[tuple[KeyFile, ...], tuple[KeyFile, ...]]:
    on_files = [KeyFile(name=README, content=read_me(seed)), *_rooms(wishes.rooms)]
    on_store = [KeyFile(name=f"{SEED}/{SEED_FILE}", content=encode_seed(seed))]
    if (bundle := _expected(town, wishes, folder)) is not None:
        on_store.append(KeyFile(name=f"{SEED}/{SEED_BUNDLE}", source=bundle))
    for image in wishes.images:
        small = all(fits_fat(path.stat().st_size) for path in _members(image))
        place, top = (on_files, IMAGES) if small else (on_store, "images")
        place.extend(
            KeyFile(name=f"{top}/{image.folder.name}/{path.relative_to(image.folder)}", source=path)
            for path in _members(image)
        )
    return tuple(on_files), tuple(on_store)


def _members(image: StoredImage) -> list[Path]:
    return sorted(path for path in image.folder.rglob("*") if path.is_file())


def _rooms(paths: Sequence[Path]) -> list[KeyFile]:
    """Return the lists of seats, each read once here, so that a bad one is told at the desk."""
    found = []
    for path in paths:
        try:
            content = path.read_bytes()
        except OSError as error:
            raise NotFound(
                _("{path} cannot be read: {why}.").format(path=path, why=error.strerror)
            ) from error
        read_seats(content, path.name)
        found.append(KeyFile(name=f"{ROOMS}/{path.name}", content=content))
    return found


def _expected(town: Town, wishes: KeyWishes, folder: Path) -> Path | None:
    """Return a bundle of the expected lots' machines, and of the places; None without any."""
    if not wishes.lots and not wishes.rooms:
        return None
    lots = [find(town, "lot", lot).id for lot in wishes.lots]
    with town.journal.read() as connection:
        places = [
            one.id for kind in ("site", "room") for one in queries.list_records(connection, kind)
        ]
    held = Path(tempfile.mkdtemp(dir=folder)) / SEED_BUNDLE
    exchange.export_bundle(town, held, lots=lots, subjects=places or [town.key.replica])
    return held


def read_me(seed: Seed) -> bytes:
    """Return the text that people find on the key, for Windows' Notepad too."""
    name = f" « {seed.label} »" if seed.label else ""
    lines = (
        f"Clé ParcLibre{name}",
        "",
        "Cette clé démarre un ordinateur pour l'examiner, l'effacer et le réinstaller,",
        "sans réseau. Touche du menu de démarrage : F12 (Dell, Lenovo, Acer, Toshiba,",
        "Fujitsu), F9 ou Échap (HP), F8 ou Échap (Asus), Alt (Apple).",
        "",
        f"{TO_SEND} : ce qu'il faut rapporter à la mairie (fichiers .tar.zst).",
        f"{CERTIFICATES} : les certificats d'effacement, en PDF.",
        f"{IMAGES} : les systèmes à installer. Ne pas les modifier : ils sont signés.",
        f"{ROOMS} : les listes de places des salles (CSV).",
        f"{PHOTOS} : l'aspect de la machine en cours. Pas de visage, pas de nom.",
        "",
        "Ne débranchez pas la clé pendant qu'un ordinateur s'en sert.",
        "Clé perdue : prévenez la mairie, qui la révoque. Elle ne contient aucun nom de personne.",
    )
    return b"\xef\xbb\xbf" + "\r\n".join((*lines, "")).encode()
