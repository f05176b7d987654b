# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The start of a key: its own signing key at the first one, then what the desk told it.

Every step is done once and looks whether it was: a cut in the middle goes on at the next start.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from fleet.errors import BadInput, FleetError, TrustRefused
from fleet.i18n import _
from fleet.model.events import Clock
from fleet.model.kinds import ClockDoubted, TagsTaken
from fleet.model.live_key import SEED, SEED_BUNDLE, SEED_FILE, TO_SEND, Seed, decode_seed
from fleet.model.tags import TagRange, range_of_disc
from fleet.model.text import fold
from fleet.services import exchange
from fleet.services.introductions import ourselves
from fleet.services.town import NOBODY, Town, init_town
from fleet.store import trust
from fleet.store.files import sync_folder
from fleet.store.journal import utc_now
from fleet.store.tag_ranges import read_tag_ranges

FINGERPRINT = "EMPREINTE.txt"
_SHORT = 8
_CLOCK_SAYS = "clock.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyStart:
    """How a key started. ``lasting`` False: all is in memory and goes with the machine.

    ``introduction`` is the bundle by which the desk gets to know it; None without a stick.
    """

    town: Town
    first: bool
    lasting: bool
    tags: TagRange
    label: str
    introduction: Path | None
    untold: str = ""


def start_key(
    home: Path,
    url: str,
    *,
    stick: Path | None,
    run_folder: Path = Path("/run/parclibre"),
    now: Callable[[], datetime] = utc_now,
) -> KeyStart:
    """Make or open the key's store and bring it in step with what the desk told it.

    ``run_folder`` is where the first screen noted a wrong clock. Raises FleetError.
    """
    first = not (home / "keys").is_dir()
    seed = read_seed(home)
    clock = Clock.BY_HAND if (run_folder / _CLOCK_SAYS).exists() else Clock.RTC
    town = replace(init_town(home, url, now=now), operator=NOBODY, clock=clock)
    _note_clock(town, run_folder / _CLOCK_SAYS)
    _trust_town(town, seed)
    tags = _take_tags(town, seed)
    untold = _take_expected(town, home / SEED / SEED_BUNDLE)
    return KeyStart(
        town=town, first=first, lasting=os.path.ismount(home), tags=tags, label=seed.label,
        introduction=_introduce(town, stick, seed) if stick else None, untold=untold,
    )  # fmt: skip


def read_seed(home: Path) -> Seed:
    """Return what the desk told the key; an empty one for a disc. Raises BadInput."""
    try:
        return decode_seed((home / SEED / SEED_FILE).read_bytes())
    except FileNotFoundError:
        return Seed()


def bundle_name(replica: str, label: str = "") -> str:
    """Return the name of a key's bundle; the same each time, so that a newer one replaces it."""
    words = "".join(c if c.isalnum() else "-" for c in fold(label)).strip("-")
    return f"{words or 'cle'}-{replica.removeprefix('replica:')[:_SHORT]}.tar.zst"


def rewrite_bundle(town: Town, stick: Path) -> Path:
    """Write all that this key knows into « À ENVOYER », over its older bundle; return the file.

    The older one stays until the new one is whole.
    """
    label = read_seed(town.home).label
    folder = stick / TO_SEND
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / bundle_name(town.key.replica, label)
    part = target.with_name(f".{target.name}.part")
    part.unlink(missing_ok=True)
    exchange.export_bundle(town, part)
    part.replace(target)
    sync_folder(folder)
    os.sync()  # FAT has no journal: the stick may be pulled out now
    return target


def _trust_town(town: Town, seed: Seed) -> None:
    """Trust each installation that the desk named, once."""
    with town.journal.read() as connection:
        statements = trust.read_statements(connection)
    told = {one.subject for one in statements if one.speaker == town.key.replica}
    for one in seed.town:
        if one.replica not in told:
            exchange.enrol_replica(town, one.replica, one.public_key, one.label)
            exchange.trust_replica(town, one.replica, one.public_key)


def _take_tags(town: Town, seed: Seed) -> TagRange:
    """Record which numbers this key issues, once; a disc takes a prefix of its own."""
    with town.journal.read() as connection:
        own = read_tag_ranges(connection, town.key.replica).own
    if own:
        return own[-1]
    tags = range_of_disc(town.key.replica)
    if seed.tags is not None:
        range_id, prefix, first, last = seed.tags
        tags = TagRange(id=range_id, prefix=prefix, first=first, last=last)
    body = TagsTaken(range=tags.id, prefix=tags.prefix, first=tags.first, last=tags.last)
    with town.act() as act:
        act.add(town.key.replica, body)
    return tags


def _take_expected(town: Town, bundle: Path) -> str:
    """Import the expected lots; return why not, when they cannot be: the key works without."""
    done = bundle.with_suffix(".done")
    if not bundle.is_file() or done.exists():
        return ""
    try:
        exchange.import_bundle(town, bundle)
    except (BadInput, TrustRefused) as error:
        return _("The expected machines were not taken in: {why}").format(why=error.message)
    done.touch()
    return ""


def _introduce(town: Town, stick: Path, seed: Seed) -> Path | None:
    """Leave on the stick the bundle and the fingerprint by which the desk trusts this key."""
    folder = stick / TO_SEND
    target = folder / bundle_name(town.key.replica, seed.label)
    try:
        if not target.exists():
            rewrite_bundle(town, stick)
        who = ourselves(town)
        command = f'parclibre replica trust "{target.name}" --fingerprint {who.fingerprint}'
        lines = (who.replica, who.fingerprint, "", _("At the desk, to trust this key:"), command)
        text = "\r\n".join((*lines, ""))
        (folder / FINGERPRINT).write_bytes(b"\xef\xbb\xbf" + text.encode())
    except OSError as error:
        raise FleetError(
            _("The key's folder « {folder} » cannot be written: {why}.").format(
                folder=TO_SEND, why=error.strerror
            ),
            hint=_("Is the stick full, or locked by its switch?"),
        ) from error
    return target


def _note_clock(town: Town, told: Path) -> None:
    """Record both times when the person corrected the machine's clock, once."""
    if not told.is_file() or (noted := told.with_suffix(".noted")).exists():
        return
    try:
        said = json.loads(told.read_text("utf-8"))
        body = ClockDoubted(
            machine_said=str(said["machine_said"]), person_said=str(said["person_said"])
        )
    except (ValueError, KeyError, TypeError):
        return
    with town.act() as act:
        act.add(town.key.replica, body)
    noted.touch()
