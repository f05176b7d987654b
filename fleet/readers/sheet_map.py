# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The map file: how a town tells what its own columns and words mean.

YAML with five optional parts: ``columns`` (our field: their column), ``states``, ``kinds``,
``owners`` and ``provenances`` (their word: our code), ``constants`` (our field: one value for
every row).
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from types import MappingProxyType

import yaml

from fleet.errors import BadInput
from fleet.i18n import _
from fleet.model.text import clean
from fleet.readers.sheet_words import (
    COLUMN_NAMES,
    KIND_WORDS,
    OWNER_WORDS,
    PROVENANCE_WORDS,
    STATE_WORDS,
)

MAX_CHARACTERS = 64 * 1024

FIELDS = tuple(field for field in COLUMN_NAMES if field not in ("name", "entity"))

# A constant for these would make every machine the same one, or put people in the journal.
CONSTANT_FIELDS = tuple(
    field for field in FIELDS if field not in ("tag", "serial", "seat", "holder", "recipient")
)

WORD_PARTS = MappingProxyType(
    {
        "states": tuple(STATE_WORDS),
        "kinds": tuple(KIND_WORDS),
        "owners": tuple(OWNER_WORDS),
        "provenances": tuple(PROVENANCE_WORDS),
    }
)
PARTS = ("columns", *WORD_PARTS, "constants")
_CONSTANT_CODES = MappingProxyType(
    {
        "state": WORD_PARTS["states"],
        "kind": WORD_PARTS["kinds"],
        "owner": WORD_PARTS["owners"],
        "provenance": WORD_PARTS["provenances"],
    }
)

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetMap:
    """What a map file says; empty when there is none."""

    columns: Pairs = ()
    states: Pairs = ()
    kinds: Pairs = ()
    owners: Pairs = ()
    provenances: Pairs = ()
    constants: Pairs = ()

    def constant(self, field: str) -> str | None:
        """Return the value that every row has for a field, or None."""
        return dict(self.constants).get(field)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    key: str
    value: str
    line: int


def load_map(text: str, name: str = "map.yml") -> SheetMap:
    """Return the map written in a YAML text; ``name`` is the file named in messages.

    Raises BadInput with the file, the line and what is allowed there.
    """
    parts: dict[str, Pairs] = {}
    for key, line, node in _parts(text, name):
        _require_known(name, line, key, PARTS)
        entries = tuple(_entries(name, node))
        for entry in entries:
            _check_entry(name, key, entry)
        parts[key] = tuple((entry.key, entry.value) for entry in entries)
    return SheetMap(**parts)


def _parts(text: str, name: str) -> Iterator[tuple[str, int, yaml.Node]]:
    root = _compose(text, name)
    if root is None:
        return
    if not isinstance(root, yaml.MappingNode):
        raise _refusal(name, 1, _("the file must hold parts such as « columns: »"), PARTS)
    for key, value in root.value:
        yield _scalar(name, key), key.start_mark.line + 1, value


def _compose(text: str, name: str) -> yaml.Node | None:
    if len(text) > MAX_CHARACTERS:
        raise _refusal(name, 1, _("the map file is too long"), PARTS)
    try:
        return yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise _refusal(name, line, _("this is not valid YAML"), PARTS) from error
    except (yaml.YAMLError, RecursionError) as error:
        raise _refusal(name, 1, _("this is not valid YAML"), PARTS) from error


def _entries(name: str, node: yaml.Node) -> Iterator[_Entry]:
    if isinstance(node, yaml.ScalarNode) and node.value == "":
        return
    line = node.start_mark.line + 1
    if not isinstance(node, yaml.MappingNode):
        raise _refusal(name, line, _("« name: value » lines are expected here"), ())
    for key, value in node.value:
        yield _Entry(
            key=_scalar(name, key), value=_scalar(name, value), line=key.start_mark.line + 1
        )


def _scalar(name: str, node: yaml.Node) -> str:
    text = clean(node.value) if isinstance(node, yaml.ScalarNode) else None
    if text is None:
        raise _refusal(name, node.start_mark.line + 1, _("a single word or text is expected"), ())
    return text


def _check_entry(name: str, part: str, entry: _Entry) -> None:
    if part in WORD_PARTS:
        _require_known(name, entry.line, entry.value, WORD_PARTS[part])
        return
    allowed = FIELDS if part == "columns" else CONSTANT_FIELDS
    _require_known(name, entry.line, entry.key, allowed)
    if part == "constants" and entry.key in _CONSTANT_CODES:
        _require_known(name, entry.line, entry.value, _CONSTANT_CODES[entry.key])


def _require_known(name: str, line: int, word: str, allowed: Collection[str]) -> None:
    if word in allowed:
        return
    message = _("« {word} » is not known here").format(word=word)
    near = difflib.get_close_matches(word.lower(), allowed, n=1)
    if near:
        message = _("« {word} » is not known here; did you mean « {near} »?").format(
            word=word, near=near[0]
        )
    raise _refusal(name, line, message, allowed)


def _refusal(name: str, line: int, what: str, allowed: Collection[str]) -> BadInput:
    return BadInput(
        _("{file}, line {line}: {what}.").format(file=name, line=line, what=what.rstrip("?. ")),
        hint=_("Allowed: {words}.").format(words=", ".join(allowed)) if allowed else "",
    )
