# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong in a recipe: where, what, what is allowed; and the refusal that lists it all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from fleet.errors import BadInput
from fleet.i18n import _
from fleet.model.text import clean

_MOST_SHOWN = 40
_MOST_ALLOWED = 24


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Origin:
    """Where a value was written. ``line`` and ``column`` start at 1; 0 means the whole source."""

    source: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return ":".join([self.source, *(str(n) for n in (self.line, self.column) if n)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing to mend: ``what`` is a sentence, ``allowed`` says what would do."""

    origin: Origin
    what: str
    allowed: str = ""
    near: str = ""

    def sentence(self) -> str:
        """Return the place, what is wrong, the nearest name, and what is allowed."""
        parts = [f"{self.origin}: {self.what}"]
        if self.near:
            parts.append(_("Did you mean « {name} »?").format(name=self.near))
        if self.allowed:
            parts.append(_("Allowed: {allowed}.").format(allowed=self.allowed))
        return " ".join(parts)


class RecipeRefused(BadInput):
    """A recipe cannot be used; ``problems`` are all of those found, in the file's order."""

    def __init__(self, problems: Iterable[Problem], *, hint: str = "") -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: problem.origin))
        shown = [problem.sentence() for problem in self.problems[:_MOST_SHOWN]]
        if len(self.problems) > _MOST_SHOWN:
            left = len(self.problems) - _MOST_SHOWN
            shown.append(_("… and {count} more.").format(count=left))
        super().__init__(
            "\n".join(shown),
            hint=hint or _("The keys are explained in docs/images/ecrire-une-recette.md."),
        )


def nearest(word: str, names: Iterable[str]) -> str:
    """Return the known name that looks most like a word, or nothing."""
    near = get_close_matches(word[:64].lower(), list(names), n=1)
    return near[0] if near else ""


def listed(names: Sequence[str]) -> str:
    """Return names as a short list for ``allowed``."""
    if len(names) > _MOST_ALLOWED:
        return ", ".join(names[:_MOST_ALLOWED]) + ", …"
    return ", ".join(names)


def quoted(value: str) -> str:
    """Return what was written, safe and short enough for a sentence."""
    return clean(value, limit=60) or ""


def unknown(origin: Origin, what: str, word: str, names: Iterable[str]) -> Problem:
    """Return the problem of a name that is none of those known, with the nearest.

    Of many names, only those that begin alike are told.
    """
    known = tuple(names)
    near = nearest(word, known)
    if len(known) > _MOST_ALLOWED:
        start = word.split("_")[0] + "_"
        known = tuple(name for name in known if name.startswith(start))
    return Problem(origin=origin, what=what, near=near, allowed=listed(known))
