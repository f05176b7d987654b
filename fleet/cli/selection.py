# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which machines a command acts on: tags typed, tags read from a file, or a selection."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from fleet.cli.context import Context
from fleet.cli.files import read_text
from fleet.errors import NotFound, UsageError
from fleet.i18n import _
from fleet.model.state import State
from fleet.model.text import fold
from fleet.output.safe import for_terminal
from fleet.services import browse
from fleet.services.machines import MACHINE_KINDS
from fleet.services.town import Town

_SELECTORS = ("state", "site", "room", "model", "kind", "lot", "text")
STATES = tuple(state.value for state in State)


def add_tags(parser: ArgumentParser) -> None:
    """Add tags, ``--tags-from`` and the ``--select-...`` options."""
    add_scans(parser)
    chosen = parser.add_argument_group(_("or all machines that match"))
    chosen.add_argument(
        "--select-state", action="append", choices=STATES, metavar=_("STATE"), default=[],
        help=_("in this state (may be repeated): {states}").format(states=", ".join(STATES)),
    )  # fmt: skip
    chosen.add_argument("--select-site", metavar=_("SITE"), help=_("of this site"))
    chosen.add_argument("--select-room", metavar=_("ROOM"), help=_("of this room"))
    chosen.add_argument("--select-model", metavar=_("TEXT"), help=_("whose model holds this text"))
    chosen.add_argument(
        "--select-kind", choices=MACHINE_KINDS, metavar=_("KIND"),
        help=_("of this kind: {kinds}").format(kinds=", ".join(MACHINE_KINDS)),
    )  # fmt: skip
    chosen.add_argument("--select-lot", metavar=_("LOT"), help=_("of this lot"))
    chosen.add_argument("--select-text", metavar=_("TEXT"), help=_("that a search would find"))


def add_scans(parser: ArgumentParser) -> None:
    """Add tags and ``--tags-from``."""
    parser.add_argument(
        "tags", nargs="*", metavar=_("TAG"), help=_("asset tags; « - » reads them from stdin")
    )
    parser.add_argument(
        "--tags-from", metavar=_("FILE"), help=_("a file of tags, one per line; « - » for stdin")
    )


def tags_of(args: Namespace, context: Context, town: Town) -> list[str]:
    """Return the tags asked for, once each. Raises UsageError without any, NotFound with all
    those that no machine bears.
    """
    typed = list(dict.fromkeys(scanned(args, context)))
    selected = _selected(args, town)
    if not typed and selected is None:
        raise UsageError(
            _("No machine is named."),
            hint=_("Give tags, --tags-from FILE, or a selection such as --select-state retired."),
        )
    _all_known(town, typed)
    found = {fold(tag): tag for tag in [*typed, *(selected or ())]}
    if not found:
        raise NotFound(_("No machine matches the selection."))
    return list(found.values())


def scanned(args: Namespace, context: Context) -> Iterator[str]:
    """Yield the tags typed, or read from a file or stdin, as they are."""
    for tag in args.tags:
        if tag == "-":
            yield from _words(context.stdin.read())
        else:
            yield tag.strip()
    if args.tags_from == "-":
        yield from _words(context.stdin.read())
    elif args.tags_from:
        yield from _words(read_text(Path(args.tags_from)))


def _words(text: str) -> Iterator[str]:
    """Yield one tag per line; blank lines and comments are skipped."""
    for line in text.splitlines():
        tag = line.strip()
        if tag and not tag.startswith("#"):
            yield tag


def _selected(args: Namespace, town: Town) -> list[str] | None:
    named = {name: getattr(args, f"select_{name}") for name in _SELECTORS}
    if not any(named.values()):
        return None
    wanted = browse.filter_by_names(
        town, browse.MachineFilter(), site=named["site"], room=named["room"], lot=named["lot"]
    )
    wanted = replace(
        wanted,
        states=tuple(named["state"]),
        model=named["model"],
        kind=named["kind"],
        text=named["text"] or "",
    )
    return browse.selected_tags(town, wanted)


def _all_known(town: Town, tags: list[str]) -> None:
    unknown = [for_terminal(tag) for tag in tags if not browse.tag_exists(town, tag)]
    if unknown:
        raise NotFound(
            _("No machine bears these tags: {tags}.").format(tags=", ".join(unknown)),
            hint=_("Nothing was done. Look for them: parclibre machine list --text WORD"),
        )
