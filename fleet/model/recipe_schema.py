# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The keys of a recipe and what each may be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from fleet.i18n import _
from fleet.model.recipe import FORMAT, HomePlacement
from fleet.model.recipe_roles import ACCOUNTS, CHECKS, DESKTOPS, ROLE_ORDER, SOFTWARE
from fleet.model.recipe_spec import Kind, Spec

NAME = r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?"
_PACKAGE = r"[a-z0-9][a-z0-9+.-]{1,99}(?::[a-z0-9]{2,16})?"
_SUITE = r"[a-z][a-z0-9-]{1,39}"
_MIRROR = r"(?:https?|file|ftp)://?/?[^\s\"'<>]{1,400}"
_PRINTER = r"[A-Za-z0-9][A-Za-z0-9_-]{0,62}"
_URI = r"(?:ipps?|socket|lpd)://[!-~]{1,400}"
_WORD = r"[A-Za-z0-9][A-Za-z0-9_.@/+-]{0,63}"


def recipe_spec(variables: Mapping[str, Spec], open_prefixes: tuple[str, ...] = ()) -> Spec:
    """Return what a recipe file may hold, given the variables that the roles declare.

    ``open_prefixes`` begin the names of variables that cannot be checked.
    """
    options = {
        "recipe": Spec(kind=Kind.INTEGER, least=FORMAT, most=FORMAT, required=True),
        "title": Spec(kind=Kind.TEXT, longest=80, required=True),
        "summary": Spec(kind=Kind.TEXT, longest=200),
        "description": Spec(kind=Kind.TEXT, longest=4000),
        "abstract": Spec(kind=Kind.BOOLEAN),
        "extends": _named(NAME, _("a recipe's name, such as ecole-elementaire")),
        "base": _base(),
        "desktop": Spec(kind=Kind.TEXT, choices=tuple(DESKTOPS)),
        "software": _list(Spec(kind=Kind.TEXT, choices=tuple(SOFTWARE))),
        "packages": _list(_named(_PACKAGE, _("a Debian package's name, in lower case"))),
        "recommends": Spec(kind=Kind.BOOLEAN),
        "printers": _list(_printer()),
        "accounts": Spec(kind=Kind.TEXT, choices=tuple(ACCOUNTS)),
        "locale": _locale(),
        "home": Spec(kind=Kind.TEXT, choices=tuple(HomePlacement)),
        "root_gib": Spec(kind=Kind.INTEGER, least=8, most=4096),
        "roles": _list(Spec(kind=Kind.TEXT, choices=ROLE_ORDER)),
        "variables": Spec(kind=Kind.MAP, options=variables, open_prefixes=open_prefixes),
        "checks": _list(Spec(kind=Kind.TEXT, choices=CHECKS)),
        "compression": Spec(kind=Kind.INTEGER, least=1, most=22),
    }
    return Spec(kind=Kind.MAP, options=options)


def override_spec(spec: Spec) -> Spec:
    """Return what ``--set`` may change of a recipe: all but what names and links the file."""
    options = {
        key: replace(inner, required=False)
        for key, inner in (spec.options or {}).items()
        if key not in ("recipe", "extends", "abstract")
    }
    return replace(spec, options=options)


def _named(pattern: str, words: str) -> Spec:
    return Spec(kind=Kind.TEXT, pattern=pattern, words=words)


def _list(elements: Spec) -> Spec:
    return Spec(kind=Kind.LIST, elements=elements)


def _base() -> Spec:
    suite = _named(_SUITE, _("a suite's name, such as trixie"))
    debian = {
        "suite": suite,
        "mirror": _named(_MIRROR, _("the address of a mirror, such as http://…/debian")),
        "components": _list(_named(_SUITE, _("a component, such as main"))),
    }
    zorin = {
        "suite": suite,
        "iso": Spec(kind=Kind.PATH, longest=1000),
        "sha256": _named(r"[0-9a-fA-F]{64}", _("the 64 hexadecimal digits of the ISO's SHA-256")),
    }
    return Spec(
        kind=Kind.MAP,
        options={
            "debian": Spec(kind=Kind.MAP, options=debian),
            "zorin": Spec(kind=Kind.MAP, options=zorin),
        },
    )


def _printer() -> Spec:
    options = {
        "name": Spec(
            kind=Kind.TEXT, pattern=_PRINTER, required=True,
            words=_("letters, digits, « - » and « _ », without spaces"),
        ),
        "uri": Spec(
            kind=Kind.TEXT, pattern=_URI, required=True,
            words=_("a printer's address, such as ipp://10.2.0.20/ipp/print"),
        ),
        "place": Spec(kind=Kind.TEXT, longest=120),
        "mode": Spec(kind=Kind.TEXT, choices=("everywhere", "application", "ppd")),
        "ppd": Spec(kind=Kind.PATH),
        "model": Spec(kind=Kind.TEXT, longest=200),
        "sha256": _named(r"[0-9a-fA-F]{64}", _("the 64 hexadecimal digits of the PPD's SHA-256")),
        "options": Spec(kind=Kind.MAP, elements=Spec(kind=Kind.TEXT, longest=60)),
        "rooms": _rooms(),
        "default_for": _rooms(),
        "accounting": Spec(kind=Kind.TEXT, choices=("none", "pin", "code")),
        "code_option": Spec(kind=Kind.TEXT, longest=100),
    }  # fmt: skip
    return Spec(kind=Kind.MAP, options=options)


def _rooms() -> Spec:
    return Spec(kind=Kind.LIST, elements=Spec(kind=Kind.TEXT, longest=80), edits=False)


def _locale() -> Spec:
    options = {
        "language": _named(_WORD, _("a locale, such as fr_FR.UTF-8")),
        "keyboard": _named(_WORD, _("a keyboard layout, such as fr")),
        "variant": _named(_WORD, _("a variant of the layout, such as oss, bepo or afnor")),
        "time_zone": _named(_WORD, _("a time zone, such as Europe/Paris")),
        "paper": Spec(kind=Kind.TEXT, choices=("a4", "a3", "letter")),
    }
    return Spec(kind=Kind.MAP, options=options)
