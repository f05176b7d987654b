# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a value may be: one small language for a recipe's keys and for the roles' variables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """The type of a value; the names are those of Ansible's argument_specs."""

    TEXT = "str"
    PATH = "path"
    INTEGER = "int"
    FLOAT = "float"
    BOOLEAN = "bool"
    LIST = "list"
    MAP = "dict"
    ANY = "raw"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """What one value may be. ``options`` None: any key. ``elements``: what a list's
    items are, or the values of a map whose keys are free; None: anything.

    ``pattern`` comes with ``words``, which say in words what it wants. ``role`` is the owner of
    a role's variable, ``edits`` tells a list whose file may write add, remove, only. A
    ``secret`` is never written in a recipe. ``default``, frozen, is what the role takes when
    nobody says anything; None when only the role can tell.
    """

    kind: Kind
    choices: tuple[str, ...] = ()
    options: Mapping[str, Spec] | None = None
    elements: Spec | None = None
    required: bool = False
    pattern: str = ""
    words: str = ""
    least: int | None = None
    most: int | None = None
    longest: int = 500
    role: str = ""
    edits: bool = True
    secret: bool = False
    default: object = None
    open_prefixes: tuple[str, ...] = ()
