# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Acts from the command line: plan, show, confirm, carry out, and tell what was refused and why.

More than one machine, or an act that cannot be undone in the physical world, asks first.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Sequence

from fleet.cli.confirming import require_typed
from fleet.cli.context import Context, Run
from fleet.cli.parser import Commands, Help, Parser, add_on, command
from fleet.cli.selection import add_tags, tags_of
from fleet.errors import GuardRefused
from fleet.i18n import _, ngettext
from fleet.model import kinds as k
from fleet.model.reasons import Allowed
from fleet.output.act_words import confirmation, counts, plan_line, refusal_lines
from fleet.output.words import Names, event_name, labelled
from fleet.services import browse
from fleet.services.acts import ActReport, MakeBody, check, record, transition, view_of
from fleet.services.town import Town

_SHOWN = 20
DONE, REFUSED = 0, GuardRefused.exit_status


def act_command(
    commands: Commands, name: str, run: Run, help_: Help, *, dated: bool = True
) -> Parser:
    """Add a command that acts on machines: tags, selections, ``--on``, ``--yes``."""
    parser = command(commands, name, run, help_)
    add_tags(parser)
    if dated:
        add_on(parser)
    add_yes(parser)
    return parser


def add_yes(parser: Parser) -> None:
    """Add ``--yes``."""
    parser.add_argument("--yes", action="store_true", help=_("do not ask for confirmation"))


def move_on(
    args: Namespace,
    context: Context,
    town: Town,
    body: k.Body,
    *,
    physical: bool = False,
    finish: Callable[[], k.Body] | None = None,
) -> int:
    """Do a transition on the machines asked for; ``physical`` ones always ask first.

    ``finish`` gives the body to write once it is confirmed and somewhere allowed: what it
    keeps (a paper) is not kept for nothing.
    """
    tags = tags_of(args, context, town)
    names = browse.names(town)
    if _asks(args, tags, physical=physical):
        _show_transition(context, town, tags, body, names)
        confirm(args, context, tags)
    if finish and any(check(town, tag, body) == Allowed() for tag in tags):
        body = finish()
    return _tell(context, transition(town, tags, body), event_name(type(body).__name__), names)


def note(
    args: Namespace,
    context: Context,
    town: Town,
    body: k.Body | MakeBody,
    kind: str,
    *,
    physical: bool = False,
    told: str = "",
) -> int:
    """Record a fact of a kind on the machines asked for; ``told`` says which one, if it must."""
    tags = tags_of(args, context, town)
    if _asks(args, tags, physical=physical):
        show_plan(context, event_name(kind), tags)
        confirm(args, context, tags)
    about = labelled(event_name(kind), told) if told else event_name(kind)
    report = record(town, tags, body)
    if told and len(report.accepted) > 1 and not report.refused:
        n = len(report.accepted)
        context.say(labelled(ngettext("{n} machine", "{n} machines", n).format(n=n), about))
        return DONE
    return _tell(context, report, about, browse.names(town))


def show_plan(context: Context, title: str, lines: Sequence[str]) -> None:
    """Show what is about to be done, on stderr."""
    context.tell(_("About to record: {act}").format(act=title))
    for line in lines[:_SHOWN]:
        context.tell(f"  {line}")
    more = len(lines) - _SHOWN
    if more > 0:
        context.tell(ngettext("  and {n} more", "  and {n} more", more).format(n=more))


def confirm(args: Namespace, context: Context, tags: Sequence[str]) -> None:
    """Ask to type the tag, or how many machines. Raises UsageError when nobody can answer,
    FleetError when the answer is another one.
    """
    if args.yes:
        return
    expected, question = confirmation(tags)
    hint = _("Check the plan above, then add --yes.")
    require_typed(context, question, expected=expected, hint=hint)


def _asks(args: Namespace, tags: Sequence[str], *, physical: bool) -> bool:
    return not args.yes and (physical or len(tags) > 1)


def _show_transition(
    context: Context, town: Town, tags: Sequence[str], body: k.Body, names: Names
) -> None:
    lines = [plan_line(view_of(town, tag), check(town, tag, body), names) for tag in tags[:_SHOWN]]
    show_plan(context, event_name(type(body).__name__), [*lines, *tags[_SHOWN:]])


def _tell(context: Context, report: ActReport, about: str, names: Names) -> int:
    if len(report.accepted) == 1 and not report.refused:
        context.say(labelled(report.accepted[0], about))
        return DONE
    context.say(counts(len(report.accepted), len(report.refused)))
    for refusal in report.refused:
        for line in refusal_lines(refusal.tag, refusal.reasons, names):
            context.say(line)
    return REFUSED if report.refused else DONE
