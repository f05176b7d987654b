# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The bytes of a YAML file as nodes with their places; refuses what a recipe has no use for.

Anchors, tags, merge keys and several documents are refused: they hide where a value comes
from, and aliases can swell a small file to gigabytes.
"""

from __future__ import annotations

import re
from typing import Protocol

import yaml

from fleet.i18n import _
from fleet.model.recipe_problems import Origin, Problem, RecipeRefused

MAX_BYTES = 64 * 1024
MAX_DEPTH = 16
MAX_EVENTS = 20_000
_CORE = "tag:yaml.org,2002:"
# What no sentence needs: controls, invisible and direction marks, halves of surrogates.
_UNWANTED = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)


class _Mark(Protocol):
    """What PyYAML says of a place; both of its parsers do."""

    @property
    def line(self) -> int: ...
    @property
    def column(self) -> int: ...


def read_tree(raw: bytes, source: str) -> yaml.MappingNode:
    """Return the map that a file holds. Raises RecipeRefused for anything else."""
    text = _decode(raw, source)
    try:
        _check_events(text, source)
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.reader.ReaderError as error:
        origin = place_at(text, error.position, source)
        raise _refused(origin, _("This character is not allowed in YAML.")) from None
    except yaml.MarkedYAMLError as error:
        raise RecipeRefused([_syntax_problem(error, source)]) from None
    if not isinstance(node, yaml.MappingNode):
        raise _refused(
            Origin(source=source, line=1, column=1),
            _("A recipe is a list of « key: value » lines."),
        )
    return node


def origin_of(node: yaml.Node, source: str) -> Origin:
    """Return the place where a node starts."""
    return _marked(node.start_mark, source)


def place_at(text: str, position: int, source: str) -> Origin:
    """Return the place of the character at a position of a text."""
    before = text[:position]
    line = before.count("\n") + 1
    return Origin(source=source, line=line, column=position - before.rfind("\n"))


def _marked(mark: _Mark | None, source: str) -> Origin:
    if mark is None:
        return Origin(source=source)
    return Origin(source=source, line=mark.line + 1, column=mark.column + 1)


def _refused(origin: Origin, what: str, allowed: str = "") -> RecipeRefused:
    return RecipeRefused([Problem(origin=origin, what=what, allowed=allowed)])


def _decode(raw: bytes, source: str) -> str:
    if len(raw) > MAX_BYTES:
        raise _refused(
            Origin(source=source),
            _("This file is too big for a recipe: at most {limit} KiB.").format(
                limit=MAX_BYTES // 1024
            ),
        )
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        good = raw[: error.start].decode("utf-8-sig", errors="replace")
        raise _refused(
            place_at(good, len(good), source),
            _("This is not UTF-8 text."),
            _("save the file again as UTF-8"),
        ) from None
    _check_characters(text, source)
    return text


def _check_characters(text: str, source: str) -> None:
    if found := _UNWANTED.search(text.replace("\r\n", " \n")):
        raise _refused(
            place_at(text, found.start(), source),
            _("There is an invisible character here (U+{code}).").format(
                code=f"{ord(found[0]):04X}"
            ),
        )


def unwanted_character(value: str) -> str:
    """Return the code of the first invisible character of a value, or nothing."""
    found = _UNWANTED.search(value)
    return f"{ord(found[0]):04X}" if found else ""


def _check_events(text: str, source: str) -> None:
    """Refuse too much depth or length before anything recursive sees the text."""
    depth = 0
    problems = []
    for count, event in enumerate(yaml.parse(text, Loader=yaml.SafeLoader)):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH or count > MAX_EVENTS:
            raise _refused(_marked(event.start_mark, source), _("This is too deep or too long."))
        if what := _unwanted_event(event):
            problems.append(Problem(origin=_marked(event.start_mark, source), what=what))
    if problems:
        raise RecipeRefused(problems)


def _unwanted_event(event: yaml.Event) -> str:
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
        return _("Anchors and aliases (& and *) are not used in recipes; write the value again.")
    if isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent) and event.tag:
        return _("Tags (!) are not used in recipes.")
    return ""


def _syntax_problem(error: yaml.MarkedYAMLError, source: str) -> Problem:
    mark = error.problem_mark or error.context_mark
    said = error.problem or error.context or ""
    if "'\\t'" in said:
        what = _("There is a tab here; YAML is indented with spaces.")
    elif "another document" in said:
        what = _("A recipe is one document: « --- » separates two.")
    else:
        what = _("This is not valid YAML: « {said} ».").format(said=said)
        what = f"{what} {_advice(said, error.context or '')}".strip()
    return Problem(origin=_marked(mark, source), what=what)


def _advice(said: str, context: str) -> str:
    """Return what is usually meant by PyYAML's words, which are English in every language."""
    known = {
        "mapping values are not allowed": _("A value that holds « : » goes between quotes."),
        "cannot start any token": _("A value that begins with a sign goes between quotes."),
        "while parsing a flow": _("A bracket, a brace or a comma is missing, or one too many."),
        "expected <block end>": _("Lines of one level begin in the same column."),
        "quoted scalar": _("A quote is opened and not closed."),
    }
    return next((words for sign, words in known.items() if sign in f"{said} {context}"), "")
