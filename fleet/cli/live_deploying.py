# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs ``parclibre live deploy``, on a key: the image, the seat, the disk, then the installer."""

from __future__ import annotations

import tempfile
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from fleet.cli.context import Context
from fleet.cli.install_text import Teller, plan_lines
from fleet.errors import FleetError, NotFound
from fleet.i18n import _, ngettext
from fleet.model.image import StoredImage
from fleet.model.install_plan import InstallOptions, InstallPlan
from fleet.model.kinds import MachineRegistered
from fleet.model.live_key import stick_folder
from fleet.output.amounts import disk_size
from fleet.output.reasons import describe
from fleet.output.words import labelled
from fleet.readers.seats import Seat
from fleet.services import reports
from fleet.services.images_trust import trusted_keys
from fleet.services.installer import install, plan_install
from fleet.services.live_deploy import (
    SeatList,
    offered_images,
    record_installed,
    remember_seat,
    seat_lists,
)
from fleet.services.live_disks import internal_disks
from fleet.services.live_printing import PageNotPrinted, print_test_page
from fleet.services.live_start import rewrite_bundle
from fleet.services.machines import next_tag, register
from fleet.services.town import NOBODY, Town
from reconditioning import collect

# The digits' row of a French keyboard, unshifted.
_UNSHIFTED = str.maketrans("&é\"'(-è_çà", "1234567890")
_SHOWN = 12


def run(args: Namespace, context: Context) -> int:
    """Install this PC, and record it."""
    town = context.acting_town()
    town = replace(town, operator=town.operator or NOBODY)
    stick = stick_folder(context.environ)
    image = _choose_image(context, offered_images(context.home, stick))
    found, seat = _choose_seat(context, seat_lists(context.home, stick))
    disk = args.disk or _choose_disk(context)
    context.tell(_("Verifying the image..."))
    options = InstallOptions(hostname=seat.hostname)
    plan = plan_install(image.folder, disk, options, trusted_keys=trusted_keys(town))
    for line in plan_lines(plan):
        context.tell(line)
    confirmation = _confirmation(context, plan)
    tag = _take_in(town, context)
    teller = Teller(context)
    for event in install(plan, confirmation=confirmation):
        teller.tell(event)
    if found:
        remember_seat(context.home, found.name, seat.hostname)
    _record(town, context, tag, seat, image)
    if stick:
        context.tell(labelled(_("to send"), rewrite_bundle(town, stick)))
    _print_test_page(town, context, seat)
    return 0


def _choose_image(context: Context, images: Sequence[StoredImage]) -> StoredImage:
    if not images:
        raise NotFound(
            _("There is no image to install on this key."),
            hint=_("Make the key with images: parclibre live key DEVICE --images IMAGE"),
        )
    words = [f"{one.manifest.title} ({one.folder.name})" for one in images]
    return images[_choose(context, _("Which image?"), words)]


def _choose_seat(context: Context, lists: Sequence[SeatList]) -> tuple[SeatList | None, Seat]:
    """Return the seat to install, and its list; the next one of the list stands first."""
    left = [one for one in lists if one.left]
    if not left:
        return None, Seat(hostname=context.ask(_("This computer's name (salle-2-poste-07):")))
    words = [
        ngettext("{name}: {n} seat left", "{name}: {n} seats left", len(one.left)).format(
            name=one.name, n=len(one.left)
        )
        for one in left
    ]
    found = left[_choose(context, _("Which room?"), words)]
    seats = found.left[:_SHOWN]
    number = _choose(context, _("Which seat? (Enter: the first)"), [_seat(s) for s in seats], 0)
    return found, seats[number]


def _seat(seat: Seat) -> str:
    return " - ".join(part for part in (seat.seat, seat.hostname) if part)


def _choose_disk(context: Context) -> Path:
    disks = internal_disks()
    if not disks:
        raise NotFound(_("There is no disk in this computer that could be installed."))
    words = [
        f"{disk.model or _('disk')}, {disk_size(disk.size_bytes)} ({disk.path})" for disk in disks
    ]
    return disks[_choose(context, _("Which disk?"), words)].path


def _choose(
    context: Context, question: str, choices: Sequence[str], default: int | None = None
) -> int:
    """Return the number of the choice made, from 0; one choice alone is not asked."""
    if len(choices) == 1:
        context.tell(f"{question} {choices[0]}")
        return 0
    context.tell(question)
    for number, words in enumerate(choices, start=1):
        context.tell(f"  {number}. {words}")
    while True:
        typed = context.ask(_("Your choice:")).translate(_UNSHIFTED)
        if not typed and default is not None:
            return default
        if typed.isdecimal() and 0 < int(typed) <= len(choices):
            return int(typed) - 1
        if not typed:
            raise FleetError(_("Nothing was chosen: nothing was done."))


def _confirmation(context: Context, plan: InstallPlan) -> str:
    typed = context.ask(
        _("Everything on this disk will be lost. To go on, type {text} :").format(
            text=plan.asked_text
        )
    )
    if typed != plan.asked_text:
        raise FleetError(_("Not confirmed: nothing was done."))
    return typed


def _take_in(town: Town, context: Context) -> str | None:
    """Read this machine's facts into the journal; return its tag, None when a person must say."""
    with tempfile.TemporaryDirectory() as folder:
        collect.main(["--output", folder])
        outcomes = list(reports.import_files(town, [Path(folder)]))
    for outcome in outcomes:
        words = " ".join(part for part in (outcome.tag, outcome.detail) if part)
        context.tell(labelled(_("this computer"), words))
    if any(outcome.outcome == "refused" for outcome in outcomes):
        return _label(town, context)
    return outcomes[0].tag if outcomes else None


def _label(town: Town, context: Context) -> str:
    """Register a machine that says nothing of itself: its label is all that names it."""
    tag = next_tag(town)
    register(town, MachineRegistered(tag=tag, kind="other"))
    context.tell(
        _("Nothing in this computer names it: stick the label {tag} on it.").format(tag=tag)
    )
    return tag


def _record(town: Town, context: Context, tag: str | None, seat: Seat, image: StoredImage) -> None:
    """Record the installation; the lifecycle's refusal is told, and the desk settles it."""
    if tag is None:
        context.tell(_("The desk must say which machine this is: its report is in the bundle."))
        return
    done = record_installed(town, tag, seat, image)
    for refusal in done.refused:
        for reason in refusal.reasons:
            context.tell(labelled(tag, describe(reason, tag)))
    if done.accepted:
        context.say(labelled(tag, f"{seat.hostname} {seat.room} {seat.seat}".strip()))


def _print_test_page(town: Town, context: Context, seat: Seat) -> None:
    """Print the seat's test page; a printer that will not is told, and spoils nothing."""
    try:
        print_test_page(seat, town.journal.now().date())
    except PageNotPrinted as error:
        context.tell(error.message)
        context.tell(error.hint)
    else:
        context.tell(
            _("The test page of {hostname} was sent to {printer}.").format(
                hostname=seat.hostname, printer=seat.printer
            )
        )
