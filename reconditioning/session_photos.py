# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Photos of how a machine looks, beside its cosmetic grade: optional, and only their pixels kept.

They come from the key's folder « PHOTOS » or from a camera of this PC. A photo is drawn again: its
place, its date and its phone (EXIF) go with the file that held them.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageOps

from fleet.adapters import process
from fleet.errors import BadInput, FleetError
from fleet.i18n import _
from fleet.model.live_key import PHOTOS
from fleet.services.town import Town
from reconditioning.checks_base import Places, RealTools, Tools
from reconditioning.checks_media import JPEG, picture_of
from reconditioning.workplace import Workplace

MOST_PHOTOS = 6
MOST_BYTES = 40 * 2**20
MOST_PIXELS = 100_000_000
_SIDE_PX = 1600
_QUALITY = 80
_FORMATS = ("JPEG", "PNG", "WEBP")
_WIDE, _SMALL = (1280, 720), (640, 480)


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoSources:
    """Where photos may come from now: files of the key, and whether a camera is there."""

    files: tuple[Path, ...] = ()
    camera: Path | None = None


def photo_sources(place: Workplace, places: Places | None = None) -> PhotoSources:
    """Return what is in the key's folder of photos, and this very PC's first camera."""
    folder = place.stick / PHOTOS if place.stick else None
    found = sorted(folder.iterdir()) if folder and folder.is_dir() else []
    files = tuple(file for file in found if file.is_file() and not file.name.startswith("."))
    return PhotoSources(files=files, camera=None if place.report else _camera(places or Places()))


def _camera(places: Places) -> Path | None:
    cameras = places.entries("class/video4linux")
    return places.dev / cameras[0].name if cameras and process.find("v4l2-ctl") else None


def read_photos(files: Sequence[Path], most: int = MOST_PHOTOS) -> tuple[bytes, ...]:
    """Return each file's picture, drawn again. Raises BadInput for the first that is none."""
    if len(files) > most:
        raise BadInput(
            _("The folder {folder} holds {n} files; at most {most} photos are kept.").format(
                folder=PHOTOS, n=len(files), most=MOST_PHOTOS
            ),
            hint=_("Leave those of this machine only."),
        )
    return tuple(draw_again(_bytes_of(file), file.name) for file in files)


def _bytes_of(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            data = opened.read(MOST_BYTES + 1)
    except OSError as error:
        raise _no_photo(file.name, error.strerror or str(error)) from error
    if len(data) > MOST_BYTES:
        raise _no_photo(file.name, _("larger than {n} MB").format(n=MOST_BYTES // 2**20))
    return data


def draw_again(data: bytes, name: str) -> bytes:
    """Return a photo as a JPEG of at most 1600 pixels a side that holds its pixels and no more.

    ``name`` is what an error calls it. Raises BadInput when it is no picture, or too large a one.
    """
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise _no_photo(name, _("too many pixels"))
            picture.draft("RGB", (_SIDE_PX, _SIDE_PX))
            upright = ImageOps.exif_transpose(picture)
            upright.thumbnail((_SIDE_PX, _SIDE_PX))
            bare = Image.new("RGB", upright.size, "white")
            bare.paste(upright.convert("RGB"))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise _no_photo(name, _("not a JPEG, PNG or WebP picture, or a damaged one")) from error
    return _jpeg(bare)


def _jpeg(picture: Image.Image) -> bytes:
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=_QUALITY, optimize=True)
    return written.getvalue()


def _no_photo(name: str, why: str) -> BadInput:
    return BadInput(
        _("The photo {name} cannot be taken: {why}.").format(name=name, why=why),
        hint=_("Take it out of the folder {folder}, or go on without a photo.").format(
            folder=PHOTOS
        ),
    )


def take_photo(camera: Path, scratch: Path, tools: Tools | None = None) -> bytes:
    """Return one picture of a camera, drawn again. Raises FleetError when it gives none.

    ``scratch`` is a folder for the raw picture, which is deleted at once.
    """
    run = (tools or RealTools()).run
    raw = picture_of(run, camera, scratch, size=_WIDE, pixels="MJPG")
    if not raw.startswith(JPEG):
        raw = _from_yuyv(picture_of(run, camera, scratch, size=_SMALL, pixels="YUYV"))
    if not raw:
        raise FleetError(
            _("The camera gave no picture."),
            hint=_("Uncover it, or go on without a photo."),
        )
    return draw_again(raw, camera.name)


def _from_yuyv(raw: bytes) -> bytes:
    """Return a picture of two bytes a pixel (brightness; blue and red by turns) as a JPEG."""
    width, height = _SMALL
    if len(raw) != 2 * width * height:
        return b""
    bright = Image.frombytes("L", _SMALL, raw[::2])
    blue, red = (
        Image.frombytes("L", (width // 2, height), raw[first::4]).resize(_SMALL) for first in (1, 3)
    )
    return _jpeg(Image.merge("YCbCr", (bright, blue, red)).convert("RGB"))


def keep_photos(town: Town, photos: Sequence[bytes]) -> tuple[str, ...]:
    """Keep the pictures as attachments; return their digests."""
    return tuple(town.attachments.put(photo) for photo in photos)


def clear_photos(files: Sequence[Path]) -> None:
    """Remove the files whose pictures are in the journal: the next machine must not get them."""
    for file in files:
        file.unlink(missing_ok=True)
