# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Refuses what a request must not say."""

from __future__ import annotations

from collections.abc import Sequence

from fleet.errors import UsageError
from fleet.i18n import _
from fleet.model.needs import MAX_NOTE, Need, unwanted_words


def check_needs(needs: Sequence[str], note: str) -> None:
    """Raise UsageError for a need that is not of the list, or a note that tells too much."""
    wrong = [need for need in needs if need not in set(Need)]
    if wrong:
        raise UsageError(
            _("« {need} » is not one of the needs.").format(need=wrong[0]),
            hint=_("Choose among: {codes}; the rest stays with the body that refers.").format(
                codes=", ".join(Need)
            ),
        )
    told = list(unwanted_words(note))
    if told or len(note) > MAX_NOTE:
        what = _("The note says too much: « {word} ».").format(word=told[0] if told else note[:40])
        raise UsageError(
            what,
            hint=_(
                "No income, nationality, health nor reason here: the body that refers attests "
                "the eligibility and keeps the rest."
            ),
        )
