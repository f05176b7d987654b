# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``parclibre policy``: the town's rules that the guards read."""

from __future__ import annotations

import argparse
from argparse import Namespace
from typing import Literal

from fleet.cli import limits
from fleet.cli.context import Context
from fleet.cli.listing import yes_no
from fleet.cli.parser import Commands, Help, command, group
from fleet.i18n import _
from fleet.model.kinds import PolicyChosen
from fleet.model.policy import CLEAR, DEFAULT_LEVELS, PROFILES, PURGE
from fleet.output.jsonout import Shape
from fleet.output.words import disk_kind_name, labelled, level_name, test_name
from fleet.services import records

SHAPE = Shape(
    name="policy",
    fields=lambda: {
        "name": _("the policy's name, printed on what was decided under it"),
        "accept_declared_wipes": _("true when a wipe told by a person counts"),
        "test_profile": _("the test sheet that must be complete"),
        "tests": _("the tests of that profile"),
        "levels": _("wipe level asked for each kind of disk: clear or purge"),
    },
)
Level = Literal["clear", "purge"]


def register(commands: Commands) -> None:
    """Add ``policy``."""
    inner = group(commands, "policy", Help(line=_("the town's rules for wipes and tests")))
    command(inner, "show", show, Help(line=_("show the rules in force")), shape=SHAPE)
    limits.register_in(inner)
    help_ = Help(
        line=_("put rules in force from now on"),
        text=_(
            "Put rules in force from now on. What is not given is the default. Past decisions "
            "keep the rules of their day."
        ),
        examples=(
            ("parclibre policy set standard", _("the default rules")),
            (
                "parclibre policy set atelier-2026 --accept-declared-wipes",
                _("a wipe told by two persons, with its report, counts; papers say so"),
            ),
            ("parclibre policy set strict --level hdd=purge", _("rotating disks too")),
        ),
    )
    set_ = command(inner, "set", choose, help_)
    set_.add_argument("name", metavar=_("NAME"), help=_("printed on what is decided under it"))
    set_.add_argument(
        "--accept-declared-wipes", action="store_true", help=_("a wipe told by a person counts")
    )
    set_.add_argument(
        "--test-profile", choices=tuple(PROFILES), default="rapide", help=_("the test sheet")
    )
    set_.add_argument(
        "--level", action="append", default=[], type=disk_level, metavar=_("DISK=LEVEL"),
        help=_("wipe level of a kind of disk: hdd=clear, ssd=purge... (may be repeated)"),
    )  # fmt: skip


def disk_level(text: str) -> tuple[str, Level]:
    """Return (disk kind, level) from ``hdd=purge``."""
    kind, _equals, level = text.partition("=")
    if kind in DEFAULT_LEVELS and level == CLEAR:
        return kind, "clear"
    if kind in DEFAULT_LEVELS and level == PURGE:
        return kind, "purge"
    raise argparse.ArgumentTypeError(
        _("{text} is not a disk kind and a level, such as hdd=purge").format(text=text)
    )


def show(args: Namespace, context: Context) -> int:
    """Show the policy in force."""
    policy = records.current_policy(context.town())
    tests = PROFILES[policy.test_profile]
    levels = {str(kind): level for kind, level in policy.levels.items()}
    if args.json:
        context.print_json(
            SHAPE,
            name=policy.name,
            accept_declared_wipes=policy.accept_declared_wipes,
            test_profile=policy.test_profile,
            tests=tests,
            levels=levels,
        )
        return 0
    context.say(_("Policy: {name}").format(name=policy.name))
    accepted = yes_no(policy.accept_declared_wipes)
    context.say(_("Declared wipes count: {answer}").format(answer=accepted))
    named = ", ".join(map(test_name, tests))
    context.say(_("Test sheet {name}: {tests}").format(name=policy.test_profile, tests=named))
    for kind, level in levels.items():
        context.say(f"  {labelled(disk_kind_name(kind), level_name(level))}")
    return 0


def choose(args: Namespace, context: Context) -> int:
    """Put a policy in force."""
    body = PolicyChosen(
        name=args.name,
        accept_declared_wipes=args.accept_declared_wipes,
        test_profile=args.test_profile,
        levels=dict(args.level),
    )
    records.choose_policy(context.acting_town(), body)
    context.say(_("Policy in force: {name}").format(name=args.name))
    return 0
