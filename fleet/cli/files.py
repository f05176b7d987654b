# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files a command is given, such as lists of tags, and places where it writes others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fleet.errors import BadInput, FleetError, UsageError
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


@contextmanager
def writing_in(path: Path) -> Iterator[None]:
    """Have a place that cannot be written told as a UsageError."""
    try:
        yield
    except OSError as error:
        raise UsageError(
            _("{path} cannot be written: {why}.").format(path=path, why=error.strerror),
            hint=_("Choose another folder."),
        ) from error


def write_new(path: Path, content: bytes, *, hint: str, replace: bool = False) -> None:
    """Write a file. Raises FleetError when it cannot be; with the ``hint`` when it is already
    there, unless it may ``replace`` it.
    """
    try:
        with path.open("wb" if replace else "xb") as file:
            file.write(content)
    except FileExistsError as error:
        raise FleetError(_("{path} exists already.").format(path=path), hint=hint) from error
    except OSError as error:
        raise FleetError(
            _("{path} cannot be written: {why}.").format(path=path, why=error.strerror)
        ) from error
