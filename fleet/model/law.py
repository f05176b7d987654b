# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the law's dated table (``fleet/data/law-france.yml``) says of a gift or a resale.

The table is an argument everywhere; a rule without an entry for a day was not known to hold then.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from types import MappingProxyType

from fleet.model.dated import DatedTable, DatedValue

NO_LAW = DatedTable(name="", entries=MappingProxyType({}))
_ARTICLE = "gift.article."
# A mini PC and an all-in-one are resold as the desktop set that they replace (our reading).
_RESOLD_AS: Mapping[str, str] = MappingProxyType({"mini_pc": "desktop", "all_in_one": "desktop"})


class Quality(StrEnum):
    """The legal quality of a partner; the first eight may receive a gift, under an article."""

    RECONNUE_UTILITE_PUBLIQUE = "reconnue_utilite_publique"
    INTERET_GENERAL_PRECARITE = "interet_general_precarite"
    ESUS = "esus"
    PARENTS_ELEVES = "parents_eleves"
    SOUTIEN_SCOLAIRE = "soutien_scolaire"
    ETUDIANTS = "etudiants"
    BIENFAISANCE = "bienfaisance"
    STAFF = "staff"
    PUBLIC_BODY = "public_body"
    COMPANY = "company"
    OTHER = "other"
    UNKNOWN = "unknown"


_TOLD = frozenset(Quality) - {Quality.UNKNOWN}


def is_told(quality: str) -> bool:
    """Tell whether a partner's quality was said; older free words say none."""
    return quality in _TOLD


def gift_article(law: DatedTable, quality: str, day: str) -> DatedValue | None:
    """Return the article under which a partner of this quality may receive a gift on a day."""
    return law.find(_ARTICLE + quality, day)


def receiving_rules(law: DatedTable, day: str) -> Iterator[DatedValue]:
    """Yield the article of every quality that may receive on a day."""
    for key in law.entries:
        if key.startswith(_ARTICLE) and (found := law.find(key, day)):
            yield found


def gift_cap(law: DatedTable, day: str) -> DatedValue | None:
    """Return the most that one configuration may be worth to be given (euros)."""
    return law.find("gift.unit_value_max", day)


def resale_cap(law: DatedTable, kind: str, day: str) -> DatedValue | None:
    """Return the highest solidarity price of a kind of machine (euros); None without one."""
    return law.find(f"resale.max.{_RESOLD_AS.get(kind, kind)}", day)


def resellers(law: DatedTable, day: str) -> DatedValue | None:
    """Return the qualities that may resell to people in precarity."""
    return law.find("resale.allowed", day)


def cents(value: DatedValue) -> int:
    """Return an amount of the table, given in euros, in cents."""
    return int(value.number * 100)


def rule_of(value: DatedValue) -> str:
    """Return the rule as a refusal quotes it: the source up to where it was read."""
    return value.source.partition(" ; ")[0].strip()
