# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files a command is given: lists of tags, and other text."""

from __future__ import annotations

from pathlib import Path

from fleet.errors import BadInput
from fleet.i18n import _
from fleet.services.papers import read_paper


def read_text(path: Path) -> str:
    """Return a text file's text. Raises as ``read_paper``, and BadInput when it is not UTF-8."""
    try:
        return read_paper(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(
            _("The file {path} is not text in UTF-8.").format(path=path),
            hint=_("Save it again as UTF-8."),
        ) from error
