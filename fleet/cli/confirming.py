# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The text that a person types before what cannot be undone."""

from __future__ import annotations

from fleet.cli.context import Context
from fleet.errors import UsageError
from fleet.i18n import _


def typed_confirmation(
    context: Context, question: str, *, asked: str, given: str | None = None
) -> str:
    """Return ``given`` (--confirm), or what is typed: whoever carries out compares it.

    ``question`` holds {text}, the text ``asked``. Raises UsageError when nobody can answer.
    """
    if given is not None:
        return given
    if not context.interactive:
        raise UsageError(
            _("This asks for a confirmation, and nobody can answer here."),
            hint=_("Check the plan above, then add: --confirm {text}").format(text=asked),
        )
    return context.ask(question.format(text=asked))
