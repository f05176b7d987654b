# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The audit's numbers as people read them; small numbers of people hidden in what is published."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from fleet.i18n import _, current_language
from fleet.model.audit import Audit, Bar, Breakdown, Figure, Number, Section
from fleet.model.audit_days import DAYS_OF_A_YEAR
from fleet.output.amounts import decimal

# Lines of tables that count persons, whatever the table.
_PERSONS = frozenset({"given", "loaned", "staff_gift"})
_NO_BREAK = "\u00a0"
_FRENCH = str.maketrans({",": "\u202f", ".": ","})
_HIDDEN = "hidden"


def number(value: Number, unit: str) -> str:
    """Return a number with its unit; an empty text for an unknown one."""
    return "" if value is None else _FORMS.get(unit, _whole)(value).replace(" ", _NO_BREAK)


def figure_value(figure: Figure) -> str:
    """Return a figure's value as shown, without the reason of a missing one."""
    if figure.why == _HIDDEN:
        return hidden()
    return number(figure.value, figure.unit) or _("unknown")


def hidden() -> str:
    """Return the word that stands for a number on too few people; ``hidden_note`` explains it."""
    return _("withheld")


def hidden_note(fewest: int) -> str:
    """Return why a number is withheld, for what stands under its table."""
    return _(
        "withheld: this number is about fewer than {n} people, or would let another one be found."
    ).format(n=fewest)


def bar_values(bar: Bar, columns: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """Return a line's numbers as shown."""
    if bar.hidden:
        return (hidden(),) * len(columns)
    return tuple(
        number(value, unit) or "–" for value, (_code, unit) in zip(bar.values, columns, strict=True)
    )


def _percent(value: int | Fraction) -> str:
    return f"{decimal(float(value), places=1)}{_NO_BREAK}%"


def _years(value: int | Fraction) -> str:
    return _("{n} years").format(n=decimal(float(value), places=1))


def _days(value: int | Fraction) -> str:
    """Return a duration; in years once it is longer than anybody reads days."""
    if value >= 2 * DAYS_OF_A_YEAR:
        return _years(value / DAYS_OF_A_YEAR)
    return _("{n} d").format(n=_whole(value))


def _minutes(value: int | Fraction) -> str:
    return _("{n} min").format(n=_whole(value))


def _euros(cents: int | Fraction) -> str:
    return f"{_whole(Fraction(cents) / 100)}{_NO_BREAK}€"


def _kilograms(value: int | Fraction) -> str:
    return _("{n} kg CO₂e").format(n=_whole(value))


def _year(value: int | Fraction) -> str:
    return str(int(value))


def _whole(value: int | Fraction) -> str:
    return exact(round(value))


def exact(value: int | Decimal) -> str:
    """Return a number with all its digits, and the signs of the user's language."""
    text = format(Decimal(value).normalize(), ",f")
    return text.translate(_FRENCH) if current_language() == "fr" else text


_FORMS: Mapping[str, Callable[[int | Fraction], str]] = {
    "percent": _percent,
    "years": _years,
    "days": _days,
    "minutes": _minutes,
    "cents": _euros,
    "kg": _kilograms,
    "year": _year,
}


# --- small numbers ---------------------------------------------------------------------------


def publishable(audit: Audit, fewest: int) -> Audit:
    """Return the audit without machine lists, and without numbers on fewer persons than
    ``fewest``. In a table that hides one line, the smallest other one is hidden too.
    """
    sections = tuple(_section(one, fewest) for one in audit.sections)
    return replace(audit, sections=sections, fewest=fewest)


def _section(section: Section, fewest: int) -> Section:
    return replace(
        section,
        figures=tuple(_figure(one, fewest) for one in section.figures),
        breakdowns=tuple(_breakdown(one, fewest) for one in section.breakdowns),
        curves=tuple(replace(one, machines=()) for one in section.curves),
    )


def _figure(figure: Figure, fewest: int) -> Figure:
    count = figure.value if figure.of is None else figure.of
    if figure.people and count is not None and 0 < count < fewest:
        return replace(figure, value=None, of=None, machines=(), why=_HIDDEN)
    return replace(figure, machines=())


def _breakdown(table: Breakdown, fewest: int) -> Breakdown:
    small = {bar.label for bar in table.bars if _is_small(table, bar, fewest)}
    rest = [bar for bar in table.bars if bar.label not in small]
    if len(small) == 1 and rest:
        small.add(min(rest, key=lambda bar: (len(bar.machines), bar.label)).label)
    bars = tuple(
        _hide(bar) if bar.label in small else replace(bar, machines=()) for bar in table.bars
    )
    return replace(table, bars=bars)


def _is_small(table: Breakdown, bar: Bar, fewest: int) -> bool:
    persons = table.people or bar.label in _PERSONS
    return persons and 0 < len(set(bar.machines)) < fewest


def _hide(bar: Bar) -> Bar:
    return replace(bar, values=tuple(None for _value in bar.values), machines=(), hidden=True)
