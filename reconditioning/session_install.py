# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Step 5 of the bench: the images of the key, and the one installer on a disk proven wiped."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from fleet.errors import FleetError, GuardRefused
from fleet.i18n import _
from fleet.model import kinds as k
from fleet.model.image import StoredImage
from fleet.model.install_plan import InstallOptions, InstallPlan
from fleet.services import acts
from fleet.services.images import list_images
from fleet.services.images_trust import trusted_keys
from fleet.services.images_verify import verify_signature
from fleet.services.installer import install, plan_install
from fleet.services.installer_events import Installed, InstallEvent
from fleet.services.town import Town
from reconditioning.session import Session
from reconditioning.session_wipe import PlannedDisk
from reconditioning.workplace import Workplace

_LIVE = "live"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageOffer:
    """An image that may be installed; ``refused`` is why not, None for one that is trusted."""

    folder: Path
    name: str
    refused: FleetError | None = None


def offered_images(town: Town, place: Workplace) -> tuple[ImageOffer, ...]:
    """Return the images of the key, newest first; only their signature is checked here."""
    trusted = trusted_keys(town)
    found = [image for folder in place.images for image in list_images(folder)[0]]
    return tuple(_offer(image, trusted) for image in found if image.manifest.name != _LIVE)


def _offer(image: StoredImage, trusted: frozenset[str]) -> ImageOffer:
    try:
        verify_signature(image.folder, trusted)
    except FleetError as error:
        return ImageOffer(folder=image.folder, name=image.folder.name, refused=error)
    return ImageOffer(folder=image.folder, name=image.folder.name)


def plan_system(
    town: Town, session: Session, image: ImageOffer, disks: Sequence[PlannedDisk]
) -> InstallPlan:
    """Return what installing would do; the whole image is verified, nothing is written.

    Raises GuardRefused when no disk is proven wiped, FleetError as the installer does.
    """
    target = _target(session, disks)
    options = InstallOptions(hostname=host_name(session.tag))
    return plan_install(image.folder, target, options, trusted_keys=trusted_keys(town))


def _target(session: Session, disks: Sequence[PlannedDisk]) -> Path:
    """Return the largest disk of the machine that is proven wiped; flash before rotating."""
    proven = {disk.view.disk.id: disk for disk in session.inside if disk.proven}
    fit = [one for one in disks if one.disk in proven]
    if not fit:
        raise GuardRefused(
            _("No disk of this machine is proven wiped."),
            hint=_("Wipe first (F5): a system is only installed on a wiped disk."),
        )
    fit.sort(key=lambda one: (one.target.kind == "hdd", -one.target.size_bytes))
    return fit[0].target.path


def host_name(tag: str) -> str:
    """Return the computer's name made from its number."""
    return re.sub(r"[^a-z0-9]+", "-", tag.lower()).strip("-")[:60] or "parclibre"


def install_system(town: Town, tag: str, plan: InstallPlan, typed: str) -> Iterator[InstallEvent]:
    """Install, then record it. ``typed`` is what the person typed: the machine's number.

    Raises GuardRefused when it is another text, and what the installer raises.
    """
    if typed != tag:
        raise GuardRefused(
            _("Not confirmed: nothing was done."), hint=_("Type the machine's number as shown.")
        )
    for event in install(plan, confirmation=plan.asked_text):
        if isinstance(event, Installed):
            acts.record(town, [tag], k.ImageInstalled(image=plan.image.digest))
        yield event
