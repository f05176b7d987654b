# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an act is about to do, and what it did, in the user's language."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fleet.i18n import _, ngettext
from fleet.model.reasons import Reason, Refused, Verdict
from fleet.model.views import MachineView
from fleet.output.reasons import describe
from fleet.output.words import Names, state_name


def plan_line(view: MachineView, verdict: Verdict, names: Names) -> str:
    """Return one line on a machine of a plan, with the first reason when it will be refused."""
    machine = view.machine
    about = f"{machine.tag}  {machine.model or ''}  {state_name(view.life)}"
    if not isinstance(verdict, Refused):
        return about
    first = describe(verdict.reasons[0], machine.tag, names)
    return _("{about} - will be refused: {reason}").format(about=about, reason=first)


def counts(accepted: int, refused: int) -> str:
    """Return how many machines took an act, and how many were refused."""
    yes = ngettext("{n} accepted", "{n} accepted", accepted).format(n=accepted)
    if not refused:
        return yes
    no = ngettext("{n} refused", "{n} refused", refused).format(n=refused)
    return _("{accepted}, {refused}:").format(accepted=yes, refused=no)


def refusal_lines(tag: str, reasons: Sequence[Reason], names: Names) -> Iterator[str]:
    """Yield a refused machine's tag, then every reason."""
    yield f"  {tag}"
    for reason in reasons:
        yield f"    - {describe(reason, tag, names)}"


def confirmation(tags: Sequence[str]) -> tuple[str, str]:
    """Return what must be typed to confirm an act on these machines, and the question."""
    if len(tags) == 1:
        return tags[0], _("Type the tag {answer} to confirm:").format(answer=tags[0])
    number = str(len(tags))
    question = _("Type the number of machines, {answer}, to confirm:")
    return number, question.format(answer=number)
