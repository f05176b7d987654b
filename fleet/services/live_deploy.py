# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""« Une salle, une clé »: what a key offers to install, which seat comes next, what is recorded."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from fleet.errors import FleetError, NotFound, UsageError
from fleet.i18n import _
from fleet.model import kinds as k
from fleet.model.image import StoredImage
from fleet.model.live_key import IMAGES, ROOMS
from fleet.readers.seats import Seat, read_seats
from fleet.services import acts
from fleet.services.acts import ActReport
from fleet.services.images import images_folder, list_images
from fleet.services.records import find_room
from fleet.services.town import Town
from fleet.store.files import replace_file

_DONE = "seats-done.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatList:
    """A room's list on the key, and which of its computers were installed from this key."""

    name: str
    seats: tuple[Seat, ...]
    done: frozenset[str]

    @property
    def left(self) -> tuple[Seat, ...]:
        """The seats that are still to be installed, in the order of the list."""
        return tuple(seat for seat in self.seats if seat.hostname not in self.done)


def offered_images(home: Path, stick: Path | None) -> tuple[StoredImage, ...]:
    """Return the images of the key, newest first: those people see, then the very large ones.

    They are only read here; the installer verifies them. A live system is not for a disk.
    """
    folders = [images_folder(home), *([stick / IMAGES] if stick else [])]
    found = [image for folder in folders for image in list_images(folder)[0]]
    usable = [
        image for image in found if "live_system" not in image.manifest.recipe.get("roles", ())
    ]
    return tuple(sorted(usable, key=lambda image: image.manifest.built_at, reverse=True))


def seat_lists(home: Path, stick: Path | None) -> tuple[SeatList, ...]:
    """Return the lists of seats of the key, by name. Raises BadInput for one that is wrong."""
    paths = sorted((stick / ROOMS).glob("*.csv")) if stick else []
    done = _read_done(home)
    return tuple(
        SeatList(
            name=path.stem,
            seats=read_seats(path.read_bytes(), path.name),
            done=frozenset(done.get(path.stem, ())),
        )
        for path in paths
        if not path.name.startswith(".")
    )


def remember_seat(home: Path, list_name: str, hostname: str) -> None:
    """Keep that a seat was installed: the next PC is offered the next line."""
    done = _read_done(home)
    done[list_name] = sorted({*done.get(list_name, ()), hostname})
    replace_file(home / _DONE, json.dumps(done, sort_keys=True).encode())


def record_installed(town: Town, tag: str, seat: Seat, image: StoredImage) -> ActReport:
    """Record that a machine is in service on its seat, with the image's digest.

    A room that this key does not know is kept in words with the seat.
    """
    site, room = _place(town, seat)
    words = seat.seat if room else " ".join(part for part in (seat.room, seat.seat) if part)
    body = k.Installed(
        site=site, room=room, seat=words or None, image=image.manifest.digest,
        system=image.manifest.title,
    )  # fmt: skip
    return acts.transition(town, [tag], body)


def _place(town: Town, seat: Seat) -> tuple[str | None, str | None]:
    if not seat.room:
        return None, None
    try:
        room = find_room(town, seat.room, seat.site or None)
    except (NotFound, UsageError):
        return None, None
    return str(room.body["site"]), room.id


def _read_done(home: Path) -> dict[str, list[str]]:
    try:
        told = json.loads((home / _DONE).read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise FleetError(
            _("The list of installed seats cannot be read: {why}.").format(why=error),
            hint=_("Remove {path}: seats are offered from the first again.").format(
                path=home / _DONE
            ),
        ) from error
    return {str(name): [str(one) for one in seats] for name, seats in told.items()}
