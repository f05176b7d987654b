# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the bench works: the key's folders, and what it looks at when it is not this very PC."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from fleet.errors import NotFound
from fleet.i18n import _
from fleet.model.live_key import CERTIFICATES, IMAGES
from fleet.model.wipe import WipeTarget
from fleet.readers.detect import decode
from fleet.readers.limits import MAX_BYTES
from fleet.readers.redact import redact
from fleet.services.documents import Render, in_child
from fleet.services.images import images_folder
from reconditioning import collect
from reconditioning.wipe_find import find_targets


@dataclass(frozen=True, slots=True, kw_only=True)
class Workplace:
    """``stick`` is the part of the key that people see; None on a PC of the workshop.

    ``report`` describes the machine instead of this PC, and ``disks`` are the only ones looked at:
    to rehearse with disk files, or for a PC that another program described. ``render`` makes PDFs.
    """

    home: Path
    stick: Path | None = None
    report: Path | None = None
    disks: tuple[Path, ...] = ()
    render: Render = in_child

    @property
    def certificates(self) -> Path:
        """Where the papers of wipes go."""
        return self.stick / CERTIFICATES if self.stick else self.home / "certificates"

    @property
    def images(self) -> tuple[Path, ...]:
        """Where images to install may be; those too large for FAT are beside the store."""
        own = images_folder(self.home)
        return (self.stick / IMAGES, own) if self.stick else (own,)

    def describe(self) -> str:
        """Return the redacted report of the machine. Raises NotFound for an absent file."""
        if self.report is None:
            text = json.dumps(collect.collect(), ensure_ascii=False, indent=1) + "\n"
            return redact(text)
        try:
            with self.report.open("rb") as file:
                return redact(decode(file.read(MAX_BYTES + 1)))
        except OSError as error:
            raise NotFound(
                _("The file cannot be read: {why}.").format(why=error.strerror),
                hint=_("Check its name, and who may read it."),
            ) from error

    def targets(self) -> tuple[WipeTarget, ...]:
        """Return the disks that may be wiped, those that are refused too, with their obstacles."""
        return find_targets(paths=self.disks)
