# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The questions about photos, after the cosmetic grade; none when there is nothing to take."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from fleet.i18n import _, ngettext
from fleet.model.live_key import PHOTOS
from reconditioning.session_photos import (
    MOST_PHOTOS,
    PhotoSources,
    photo_sources,
    read_photos,
    take_photo,
)
from tui.bench.base import BenchScreen
from tui.bench.questions import Ask

DONE, FILES, CAMERA = "done", "files", "camera"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """Pictures to keep, and the files of the key that held some of them."""

    photos: tuple[bytes, ...] = ()
    files: tuple[Path, ...] = ()


def ask_photos(screen: BenchScreen, then: Callable[[Taken], None]) -> None:
    """Ask which photos are kept, if any can be; ``then`` gets them."""
    place = screen.bench.place

    def found(sources: PhotoSources) -> None:
        if sources == PhotoSources():
            then(Taken())
        else:
            _ask(screen, sources, Taken(), then)

    screen.bench.perform(lambda: photo_sources(place), found)


def _ask(
    screen: BenchScreen, sources: PhotoSources, taken: Taken, then: Callable[[Taken], None]
) -> None:
    def again(more: Taken) -> None:
        _ask(screen, sources, more, then)

    def answered(what: str | None) -> None:
        camera = sources.camera
        if what == DONE:
            then(taken)
        elif what == FILES:
            screen.bench.perform(lambda: _from_files(sources, taken), then)
        elif what == CAMERA and camera is not None:
            scratch = screen.town.home
            screen.bench.perform(lambda: _one_more(camera, scratch, taken), again)

    text = _(
        "No face, no name, nobody's document. Only the picture itself is kept; a file of the key "
        "is removed once its photo is kept."
    )
    question = _("Photos of how it looks? They are optional.")
    screen.app.push_screen(Ask(question, list(_choices(sources, taken)), text), answered)


def _choices(sources: PhotoSources, taken: Taken) -> Iterator[tuple[str, str]]:
    n = len(taken.photos)
    kept = ngettext("Keep the photo taken", "Keep the {n} photos taken", n).format(n=n)
    yield DONE, kept if n else _("No photo")
    if files := len(sources.files):
        words = ngettext(
            "The photo of the folder {folder}", "The {n} photos of the folder {folder}", files
        )
        yield FILES, words.format(n=files, folder=PHOTOS)
    if sources.camera is not None and n < MOST_PHOTOS:
        yield CAMERA, _("Take a picture with the camera")


def _from_files(sources: PhotoSources, taken: Taken) -> Taken:
    more = read_photos(sources.files, most=MOST_PHOTOS - len(taken.photos))
    return Taken(photos=(*taken.photos, *more), files=sources.files)


def _one_more(camera: Path, scratch: Path, taken: Taken) -> Taken:
    return replace(taken, photos=(*taken.photos, take_photo(camera, scratch)))
