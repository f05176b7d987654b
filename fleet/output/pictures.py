# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A town's pictures (logos) for papers: PNG or JPEG by their content, small, without metadata."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from fleet.errors import BadInput
from fleet.i18n import _

MAX_BYTES = 2 * 1024 * 1024
MAX_SIDE = 6_000
MAX_PIXELS = 16_000_000
# Enough for a logo of 10 cm at 300 dots per inch.
_PRINTED_SIDE = 1_200
# What the first bytes of other files say, so that the refusal can name them.
_OTHERS = (
    (b"GIF8", "GIF"), (b"%PDF", "PDF"), (b"<svg", "SVG"), (b"<?xml", "SVG"), (b"BM", "BMP"),
    (b"RIFF", "WebP"), (b"II*\x00", "TIFF"), (b"MM\x00*", "TIFF"), (b"PK", "ZIP"),
)  # fmt: skip


def read_picture(path: Path) -> bytes:
    """Return a picture as a PNG of printable size, without its metadata.

    Raises BadInput when it is missing, too large, or anything but a PNG or JPEG picture.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise _refused(path, _("it cannot be read: {why}").format(why=error.strerror)) from error
    if len(data) > MAX_BYTES:
        raise _refused(path, _("it is larger than {n} MB").format(n=MAX_BYTES // 2**20))
    try:
        return _as_png(path, data)
    except UnidentifiedImageError as error:
        raise _refused(path, _not_a_picture(data)) from error
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise _refused(path, _("it is damaged: {why}").format(why=error)) from error


def _as_png(path: Path, data: bytes) -> bytes:
    with Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as picture:
        width, height = picture.size
        if max(width, height) > MAX_SIDE or width * height > MAX_PIXELS:
            what = _("its {width} by {height} dots are too many for a logo")
            raise _refused(path, what.format(width=width, height=height))
        transparent = "A" in picture.getbands() or "transparency" in picture.info
        copy = picture.convert("RGBA" if transparent else "RGB")
    copy.thumbnail((_PRINTED_SIDE, _PRINTED_SIDE))
    out = io.BytesIO()
    copy.save(out, "PNG")
    return out.getvalue()


def _not_a_picture(data: bytes) -> str:
    start = data.lstrip()[:64].lower()
    for sign, kind in _OTHERS:
        if start.startswith(sign.lower()):
            return _("it is a {kind} file, whatever its name").format(kind=kind)
    return _("it is neither a PNG nor a JPEG picture")


def _refused(path: Path, why: str) -> BadInput:
    return BadInput(
        _("The picture {name} cannot be used: {why}.").format(name=path.name, why=why),
        hint=_("Give a logo as PNG or JPEG, at most 2 MB."),
    )
