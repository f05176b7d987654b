# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``parclibre machine show TAG``: facts, evidence, disks with proof, timeline, what may come."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator

from fleet.cli.context import Context
from fleet.cli.machine_object import SHAPE, machine_object
from fleet.cli.parser import Commands, Help, command
from fleet.i18n import _
from fleet.output.machine_page import (
    Where,
    about_sections,
    filled,
    look_section,
    minutes_section,
    next_lines,
    section_lines,
    timeline_lines,
    title_lines,
    workshop_sections,
)
from fleet.output.words import Names
from fleet.services import browse
from fleet.services.machines import MachinePage, page


def register(commands: Commands) -> None:
    """Add ``machine show``."""
    help_ = Help(
        line=_("show one machine"),
        text=_(
            "Show one machine: facts, identity, disks with their proof of wipe, timeline with "
            "authors, and what may happen next, with the reasons of each refusal."
        ),
        examples=(
            ("parclibre machine show VJ-0042", _("everything about it")),
            ("parclibre machine show VJ-0042 --json", _("the same for a program")),
        ),
    )
    parser = command(commands, "show", run, help_, shape=SHAPE)
    parser.add_argument("tag", metavar=_("TAG"))


def run(args: Namespace, context: Context) -> int:
    """Show one machine."""
    town = context.town()
    names = browse.names_for_programs(town) if args.json else browse.names(town)
    found = page(town, args.tag)
    if args.json:
        context.print_json(SHAPE, **machine_object(found, names))
        return 0
    for line in _page_lines(found, names, lambda digest: str(town.attachments.path(digest))):
        context.say(line)
    return 0


def _page_lines(found: MachinePage, names: Names, where: Where) -> Iterator[str]:
    view, tag = found.view, found.view.machine.tag
    yield from title_lines(view)
    yield from section_lines(about_sections(view, names))
    yield from section_lines(workshop_sections(view, names))
    look = look_section(found.events, where)
    yield from section_lines(filled(look, minutes_section(found.events)))
    timeline = (_("Timeline"), timeline_lines(found.events, names))
    steps = (_("What may come next"), next_lines(found.next, tag, names))
    yield from section_lines(filled(timeline, steps))
