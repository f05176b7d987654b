# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files a command is given: lists of tags, and papers to keep as attachments."""

from __future__ import annotations

from pathlib import Path

from fleet.errors import BadInput, NotFound
from fleet.i18n import _

MAX_BYTES = 50 * 1024 * 1024


def read_bytes(path: Path) -> bytes:
    """Return a file's bytes. Raises NotFound, or BadInput when empty, too large or unreadable."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError as error:
        raise NotFound(
            _("There is no file {path}.").format(path=path), hint=_("Check its name and folder.")
        ) from error
    except OSError as error:
        raise BadInput(
            _("The file {path} cannot be read: {why}.").format(path=path, why=error.strerror),
            hint=_("Check what it is and who may read it."),
        ) from error
    if not 0 < len(data) <= MAX_BYTES:
        raise BadInput(
            _("The file {path} is empty or larger than 50 MB.").format(path=path),
            hint=_("Give the paper itself, as a PDF or a photo."),
        )
    return data


def read_text(path: Path) -> str:
    """Return a text file's text. Raises as ``read_bytes``, and BadInput when it is not UTF-8."""
    try:
        return read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(
            _("The file {path} is not text in UTF-8.").format(path=path),
            hint=_("Save it again as UTF-8."),
        ) from error
