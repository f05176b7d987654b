# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Corrections: undo, exceptions, and two records of one machine."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence

from fleet.cli.context import Context
from fleet.cli.parser import Commands, Help, command
from fleet.errors import NotFound, UsageError
from fleet.i18n import _, ngettext
from fleet.model import kinds as k
from fleet.model.events import Event, decode_body
from fleet.model.rules import ASKED
from fleet.output.events import event_summary
from fleet.output.words import Names, event_name, labelled
from fleet.services import browse
from fleet.services.acts import record, undo, view_of, waive
from fleet.services.machines import page

_SHOWN = 20
# The body's field that names what an event made.
_NAMING = ("tag", "name", "reference", "serial", "label", "file")


def register(commands: Commands) -> None:
    """Add the corrections."""
    command(commands, "undo", undo_last, _undo_help())
    _waive(commands)
    _merge_and_split(commands)


def _undo_help() -> Help:
    return Help(
        line=_("undo your last act"),
        text=_(
            "Undo the last act of the operator, whole, by a correcting event: nothing is ever "
            "erased. Refused when later acts build on it."
        ),
        examples=(("parclibre undo", _("the last one; again: the one before")),),
    )


def _waive(commands: Commands) -> None:
    line = 'parclibre waive VJ-0042 --for MadeReady --reason tests_missing --why "pas de caméra"'
    help_ = Help(
        line=_("record a supervisor's exception"),
        text=_(
            "Record a supervisor's exception to one reason of a refusal. Never possible for what "
            "keeps data in (G1, C1, disks). Steps: {steps}."
        ).format(steps=", ".join(ASKED)),
        examples=((line, _("for this time only")),),
    )
    parser = command(commands, "waive", grant, help_)
    parser.add_argument("tag", metavar=_("TAG"))
    parser.add_argument(
        "--for", dest="step", required=True, choices=tuple(ASKED), metavar=_("STEP"),
        help=_("the step, such as MadeReady"),
    )  # fmt: skip
    parser.add_argument(
        "--reason", required=True, metavar=_("CODE"), help=_("its code, from machine show --json")
    )
    parser.add_argument("--why", required=True, metavar=_("TEXT"), help=_("why, without names"))


def _merge_and_split(commands: Commands) -> None:
    help_ = Help(
        line=_("two records are the same machine"),
        examples=(("parclibre merge VJ-0042 VJ-0077", _("VJ-0042 stays")),),
    )
    parser = command(commands, "merge", merge, help_)
    parser.add_argument("tag", metavar=_("TAG"), help=_("the record that stays"))
    parser.add_argument("other", metavar=_("OTHER"), help=_("the record that goes into it"))
    help_ = Help(
        line=_("take a merge back"),
        examples=(("parclibre split VJ-0042 VJ-0077", _("two machines again")),),
    )
    parser = command(commands, "split", split, help_)
    parser.add_argument("tag", metavar=_("TAG"), help=_("the record that stayed"))
    parser.add_argument("other", metavar=_("OTHER"), help=_("the tag that was merged"))


def undo_last(args: Namespace, context: Context) -> int:
    """Undo the operator's last act."""
    town = context.acting_town()
    undone = undo(town)
    names = _names_in(undone, browse.names(town))
    n = len({event.subject for event in undone})
    text = ngettext("Undone on {n} subject:", "Undone on {n} subjects:", n)
    context.say(text.format(n=n))
    for event in undone[:_SHOWN]:
        subject = names(event.subject) or event.subject
        context.say(f"  {labelled(subject, event_summary(event, names))}")
    if (more := len(undone) - _SHOWN) > 0:
        context.say(ngettext("  and {n} more", "  and {n} more", more).format(n=more))
    return 0


def _names_in(undone: Sequence[Event], names: Names) -> Names:
    """Return a book of names that also knows the records that are gone with the act."""
    gone: dict[str, str] = {}
    for event in undone:
        body = decode_body(event.body) if event.body is not None else {}
        called = next((str(body[field]) for field in _NAMING if body.get(field)), None)
        if called is not None:
            gone.setdefault(event.subject, called)
    return lambda id_: names(id_) or gone.get(id_)


def grant(args: Namespace, context: Context) -> int:
    """Record an exception."""
    waive(context.acting_town(), args.tag, args.step, args.reason, args.why)
    context.say(labelled(args.tag, event_name("GuardWaived")))
    return 0


def merge(args: Namespace, context: Context) -> int:
    """Record that two records are one machine."""
    town = context.acting_town()
    kept, absorbed = view_of(town, args.tag).machine.id, view_of(town, args.other).machine.id
    if kept == absorbed:
        raise UsageError(
            _("{tag} and {other} are one record already.").format(tag=args.tag, other=args.other),
            hint=_("See it: parclibre machine show {tag}").format(tag=args.tag),
        )
    record(town, [args.tag], k.MachinesMerged(absorbed=absorbed))
    context.say(labelled(args.tag, event_name("MachinesMerged")))
    return 0


def split(args: Namespace, context: Context) -> int:
    """Take a merge back."""
    town = context.acting_town()
    found = page(town, args.tag)
    absorbed = [
        event.subject
        for event in found.events
        if event.kind == "MachineRegistered"
        and event.subject != found.view.machine.id
        and event.body is not None
        and decode_body(event.body)["tag"].casefold() == args.other.casefold()
    ]
    if not absorbed:
        raise NotFound(
            _("{other} was not merged into {tag}.").format(other=args.other, tag=args.tag),
            hint=_("See its timeline: parclibre machine show {tag}").format(tag=args.tag),
        )
    record(town, [args.tag], k.MachinesSplit(absorbed=absorbed[0]))
    context.say(labelled(args.tag, event_name("MachinesSplit")))
    return 0
