# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``parclibre init`` and ``parclibre console``: make the store, open the console."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import replace

from fleet.cli.context import Context
from fleet.cli.parser import Commands, Help, command
from fleet.errors import UsageError
from fleet.i18n import _
from fleet.services import example, exchange
from fleet.services.town import NOBODY, Town, init_town, is_initialised

_BAR = 30


def register(commands: Commands) -> None:
    """Add ``init`` and ``console``."""
    _register_init(commands)
    console_ = command(
        commands,
        "console",
        console,
        Help(
            line=_("open the fleet console in this terminal"),
            text=_(
                "On the first start it offers an empty town or the example town. F1 shows the "
                "keys. With NO_COLOR or --plain: no box drawing, for screen readers."
            ),
        ),
    )
    console_.add_argument("--plain", action="store_true", help=_("plain text, no box drawing"))


def _register_init(commands: Commands) -> None:
    parser = command(
        commands,
        "init",
        init,
        Help(
            line=_("make the store: journal, keys, attachments"),
            text=_(
                "Makes the store in PARCLIBRE_HOME (default: the XDG data folder), with the keys "
                "of this installation. Refuses when there is one already."
            ),
            examples=(
                ('parclibre init --name "Bréville-les-Prés"', _("an empty town")),
                (
                    "PARCLIBRE_HOME=~/essai parclibre init --example",
                    _("a town to try on: 120 machines, four years"),
                ),
            ),
        ),
    )
    content = parser.add_mutually_exclusive_group()
    content.add_argument("--empty", action="store_true", help=_("an empty town (default)"))
    content.add_argument("--example", action="store_true", help=_("the example town"))
    parser.add_argument("--name", metavar=_("TOWN"), help=_("the town's name"))


def init(args: Namespace, context: Context) -> int:
    """Make the store."""
    if is_initialised(context.home):
        raise UsageError(
            _("There is a store already in {home}.").format(home=context.home),
            hint=_("Use it, or choose another folder: PARCLIBRE_HOME=FOLDER parclibre init"),
        )
    town = init_town(context.home, context.store_url)
    if args.example:
        example.fill(town, _progress(context))
    name = args.name or (example.TOWN if args.example else None)
    if name:
        _name(town, context, name)
    context.say(str(context.home))
    context.tell(_("The store is made. Open it: parclibre console"))
    return 0


def _name(town: Town, context: Context, name: str) -> None:
    """Note the town's name as the label of this installation, for those it exchanges with."""
    named = town.acting_as(context.operator) if context.operator else replace(town, operator=NOBODY)
    exchange.enrol_replica(named, town.key.replica, town.key.public_key, name)


def _progress(context: Context) -> example.Progress | None:
    """Return what draws a bar on a terminal, None elsewhere."""
    if not context.stderr.isatty():
        return None

    def draw(done: int, total: int) -> None:
        filled = _BAR * done // total
        end = "\n" if done == total else ""
        bar = "#" * filled + "." * (_BAR - filled)
        print(f"\r[{bar}] {done}/{total}", end=end, file=context.stderr, flush=True)

    return draw


def console(args: Namespace, context: Context) -> int:
    """Open the console."""
    from tui.app import run

    plain = args.plain or bool(context.environ.get("NO_COLOR"))
    return run(context.home, context.store_url, plain)
