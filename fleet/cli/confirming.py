# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The text that a person types before what cannot be undone."""

from __future__ import annotations

from fleet.cli.context import Context
from fleet.errors import FleetError, UsageError
from fleet.i18n import _


def require_typed(
    context: Context, question: str, *, expected: str | tuple[str, ...], hint: str
) -> None:
    """Ask a question. Raises FleetError for another answer than the ``expected`` one (or ones),
    UsageError with the ``hint`` when nobody can answer.
    """
    require_person(context, hint)
    if context.ask(question) not in ((expected,) if isinstance(expected, str) else expected):
        raise FleetError(_("Not confirmed: nothing was done."))


def require_person(context: Context, hint: str) -> None:
    """Raise UsageError with the ``hint`` when nobody can answer."""
    if not context.interactive:
        raise UsageError(_("This asks for a confirmation, and nobody can answer here."), hint=hint)


def typed_confirmation(
    context: Context, question: str, *, asked: str, given: str | None = None
) -> str:
    """Return ``given`` (--confirm), or what is typed: whoever carries out compares it.

    ``question`` holds {text}, the text ``asked``. Raises UsageError when nobody can answer.
    """
    if given is not None:
        return given
    hint = _("Check the plan above, then add: --confirm {text}").format(text=asked)
    require_person(context, hint)
    return context.ask(question.format(text=asked))
