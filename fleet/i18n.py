# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages in the user's language: English in the source, French from the gettext catalogue.

French is the product's first language: it is used unless the locale says otherwise.
"""

from __future__ import annotations

import gettext
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

LOCALE_DIR = Path(__file__).parent / "locale"
LANGUAGES = ("fr", "en")
_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)")

_current: ContextVar[gettext.NullTranslations | None] = ContextVar("translations", default=None)
_spoken: ContextVar[str | None] = ContextVar("language", default=None)
_default: gettext.NullTranslations = gettext.NullTranslations()
_language = "en"


def language_of(environ: Mapping[str, str]) -> str:
    """Return ``fr`` or ``en`` for POSIX locale variables; French when none is set."""
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environ.get(name, ""):
            return "fr" if value.lower().startswith("fr") else "en"
    return "fr"


def set_language(language: str) -> None:
    """Choose the language of every later message of this process."""
    global _default, _language
    _language = language if language in LANGUAGES else "en"
    _default = _catalogue() if _language == "fr" else gettext.NullTranslations()


def _catalogue() -> gettext.NullTranslations:
    return gettext.translation("parclibre", LOCALE_DIR, languages=["fr"], fallback=True)


def current_language() -> str:
    """Return the language in force, ``fr`` or ``en``."""
    return _spoken.get() or _language


def _(message: str) -> str:
    """Translate a message; placeholders are filled afterwards with ``str.format``."""
    return (_current.get() or _default).gettext(message)


@contextmanager
def in_english() -> Iterator[None]:
    """Leave messages as the source says them, for what is kept in files and worded when shown."""
    token = _current.set(gettext.NullTranslations())
    try:
        yield
    finally:
        _current.reset(token)


@contextmanager
def in_french() -> Iterator[None]:
    """Speak French, whatever the screen's language: administrative papers are French."""
    tokens = _current.set(_catalogue()), _spoken.set("fr")
    try:
        yield
    finally:
        _current.reset(tokens[0])
        _spoken.reset(tokens[1])


def ngettext(singular: str, plural: str, n: int) -> str:
    """Translate a counted message."""
    return (_current.get() or _default).ngettext(singular, plural, n)


def day_name(iso: str | None) -> str:
    """Return an ISO day as people write it: 31/12/2019 in French, as it is in English.

    Empty for none; a text that is not a whole ISO day is returned as it is.
    """
    found = _DAY.fullmatch(iso or "")
    return "/".join(reversed(found.groups())) if found and current_language() == "fr" else iso or ""


def moment_name(iso: str) -> str:
    """Return the day and the minute of an ISO time, as people write them."""
    return f"{day_name(iso[:10])} {iso[11:16]}"
