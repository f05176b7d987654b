# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a family's request may say: needs of a closed list, and a few words that tell no reason.

Data minimisation (RGPD, article 5(1)(c)): income, nationality, health and the like stay with the
body that attests the eligibility.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum

from fleet.model.text import fold

MAX_NOTE = 120


class Need(StrEnum):
    """What the machine must be or do."""

    LAPTOP = "laptop"
    DESKTOP = "desktop"
    TABLET = "tablet"
    LARGE_SCREEN = "large_screen"
    NO_INTERNET = "no_internet"
    WIFI = "wifi"
    CAMERA = "camera"
    SOUND = "sound"


# Starts of words (folded: no accents, lower case) that tell of what nobody may ask here.
_UNWANTED = (
    "revenu", "salaire", "rsa", "aah", "allocation", "allocataire", "quotient", "impot", "dette",
    "endett", "surendett", "chomage", "chomeur", "precari", "pauvr", "nationalit", "etrang",
    "sejour", "papiers", "refugi", "asile", "migrant", "religi", "maladi", "malade", "sante",
    "handicap", "invalid", "medic", "divorc", "violence", "prison", "syndic", "income", "salary",
    "nationality", "asylum", "refugee", "illness", "disab", "health",
)  # fmt: skip
_WORD = re.compile(r"[a-z0-9]+")


def unwanted_words(text: str) -> Iterator[str]:
    """Yield the words of a note that tell of income, nationality, health or another reason."""
    for word in _WORD.findall(fold(text)):
        if word.startswith(_UNWANTED):
            yield word
