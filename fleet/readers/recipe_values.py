# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""YAML nodes to settings, checked against what each may be; every problem is noted, none raised."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TypeAlias

import yaml

from fleet.i18n import _
from fleet.model.recipe import frozen
from fleet.model.recipe_draft import Group, ListEdit, Scalar, Setting, item_key, value_of
from fleet.model.recipe_problems import (
    Origin,
    Problem,
    RecipeRefused,
    listed,
    quoted,
    unknown,
)
from fleet.model.recipe_spec import Kind, Spec
from fleet.readers.recipe_tree import origin_of, read_tree, unwanted_character

_EDITS = ("add", "remove", "only")
_BOOLEANS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
_WHOLE = re.compile(r"[-+]?(?:0|[1-9]\d{0,17})")
_DECIMAL = re.compile(r"[-+]?(?:0|[1-9]\d{0,17})(?:\.\d{1,17})?")
_ANY = Spec(kind=Kind.ANY)
_Reader: TypeAlias = Callable[[yaml.ScalarNode, Spec], tuple[str, object]]
_TAGS = "tag:yaml.org,2002:"


def read_settings(raw: bytes, source: str, spec: Spec, name: str = "") -> Group:
    """Return the settings of a file. Raises RecipeRefused with every problem found.

    ``name`` is what the messages call its map, ``source`` by default.
    """
    reading = Reading(source)
    root = reading.setting(read_tree(raw, source), spec, name or source)
    if reading.problems or not isinstance(root, Group):
        raise RecipeRefused(reading.problems)
    return root


@contextmanager
def explained(hint: str) -> Iterator[None]:
    """Have a refusal tell where its keys are explained."""
    try:
        yield
    except RecipeRefused as refused:
        raise RecipeRefused(refused.problems, hint=hint) from None


class Reading:
    """One file being read: its source and the problems found so far."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.problems: list[Problem] = []

    def setting(self, node: yaml.Node, spec: Spec, name: str) -> Setting | None:
        """Return the node as a setting, or None after noting what is wrong with it."""
        if isinstance(node, yaml.MappingNode):
            return self._map(node, spec, name)
        if isinstance(node, yaml.SequenceNode):
            return self._list(node, spec, name)
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, spec, name)
        return None

    def note(self, node: yaml.Node, what: str, allowed: str = "") -> None:
        """Note a problem at a node."""
        self.problems.append(
            Problem(origin=origin_of(node, self.source), what=what, allowed=allowed)
        )

    def _map(self, node: yaml.MappingNode, spec: Spec, name: str) -> Setting | None:
        if spec.kind is Kind.LIST and spec.edits and self._is_edit(node):
            return self._edit(node, spec, name)
        if spec.kind not in (Kind.MAP, Kind.ANY):
            self.note(node, _("« {name} » is not a map.").format(name=name), expected(spec))
            return None
        group = self._group(node, spec, name)
        self._check_required(node, spec, group)
        return group

    def _group(self, node: yaml.MappingNode, spec: Spec, name: str) -> Group:
        settings: dict[str, Setting] = {}
        seen: dict[str, Origin] = {}
        for key_node, value_node in node.value:
            key = self._key(key_node, seen)
            inner = self._spec_of(key_node, key, spec, name) if key else None
            if inner is None:
                continue
            setting = self.setting(value_node, inner, key)
            if setting is not None:
                settings[key] = setting
        return Group(origin=origin_of(node, self.source), settings=settings)

    def _key(self, node: yaml.Node, seen: dict[str, Origin]) -> str:
        """Return a key as it is written; empty after noting that it cannot be one."""
        if not isinstance(node, yaml.ScalarNode) or not node.value or len(node.value) > 100:
            self.note(node, _("This cannot be a key; a key is one word."))
            return ""
        key: str = node.value
        if node.tag == f"{_TAGS}merge":
            self.note(node, _("« << » is not used in recipes; use « extends »."))
            return ""
        if unwanted_character(key):
            self.note(node, _("This cannot be a key; a key is one word."))
            return ""
        if key in seen:
            what = _("« {key} » is already given on line {line}.")
            self.note(node, what.format(key=quoted(key), line=seen[key].line))
            return ""
        seen[key] = origin_of(node, self.source)
        return key

    def _spec_of(self, node: yaml.Node, key: str, spec: Spec, name: str) -> Spec | None:
        if spec.options is None or any(key.startswith(one) for one in spec.open_prefixes):
            return spec.elements or _ANY
        if key in spec.options:
            return self._unless_secret(node, key, spec.options[key])
        what = _("« {key} » is not a key of « {name} ».").format(key=quoted(key), name=name)
        self.problems.append(unknown(origin_of(node, self.source), what, key, spec.options))
        return None

    def _unless_secret(self, node: yaml.Node, key: str, spec: Spec) -> Spec | None:
        if spec.secret:
            what = _("« {key} » is a secret: it comes from a vault, never from a recipe.")
            self.note(node, what.format(key=key))
            return None
        return spec

    def _check_required(self, node: yaml.MappingNode, spec: Spec, group: Group) -> None:
        written = {key.value for key, _value in node.value if isinstance(key, yaml.ScalarNode)}
        for key, inner in (spec.options or {}).items():
            if inner.required and key not in written:
                self.note(node, _("« {key} » is missing.").format(key=key), expected(inner))

    @staticmethod
    def _is_edit(node: yaml.MappingNode) -> bool:
        keys = [key.value for key, _value in node.value]
        return bool(keys) and all(key in _EDITS for key in keys if isinstance(key, str))

    def _edit(self, node: yaml.MappingNode, spec: Spec, name: str) -> ListEdit | None:
        parts = self._group(node, self._edit_spec(spec), name).settings
        lists = {key: part for key, part in parts.items() if isinstance(part, ListEdit)}
        if "only" in lists and len(node.value) > 1:
            self.note(node, _("« only » goes with neither « add » nor « remove »."))
            return None
        removed = lists.get("remove")
        chosen = lists.get("only") or lists.get("add")
        if removed and chosen:
            self._check_both(chosen, removed)
        return ListEdit(
            origin=origin_of(node, self.source),
            added=chosen.added if chosen else (),
            removed=removed.added if removed else (),
            only="only" in lists,
        )

    def _check_both(self, added: ListEdit, removed: ListEdit) -> None:
        keys = {item_key(item.value) for item in added.added}
        for item in removed.added:
            if item_key(item.value) in keys:
                what = _("« {value} » is both added and removed.")
                value = quoted(str(item.value))
                self.problems.append(Problem(origin=item.origin, what=what.format(value=value)))

    @staticmethod
    def _edit_spec(spec: Spec) -> Spec:
        items = Spec(kind=Kind.LIST, elements=spec.elements, edits=False)
        # A map is removed by its name alone.
        by_map = spec.elements is not None and spec.elements.kind is Kind.MAP
        names = Spec(kind=Kind.LIST, elements=Spec(kind=Kind.TEXT), edits=False)
        gone = names if by_map else items
        return Spec(kind=Kind.MAP, options={"add": items, "remove": gone, "only": items})

    def _list(self, node: yaml.SequenceNode, spec: Spec, name: str) -> Setting | None:
        if spec.kind not in (Kind.LIST, Kind.ANY):
            what = _("« {name} » is one value, not a list.")
            self.note(node, what.format(name=name), expected(spec))
            return None
        items: dict[object, Scalar] = {}
        for item_node in node.value:
            setting = self.setting(item_node, spec.elements or _ANY, name)
            if setting is not None:
                self._add_item(items, item_node, value_of(setting))
        return ListEdit(origin=origin_of(node, self.source), added=tuple(items.values()))

    def _add_item(self, items: dict[object, Scalar], node: yaml.Node, value: object) -> None:
        key = item_key(value)
        if key in items:
            what = _("« {value} » is already in the list, on line {line}.")
            self.note(node, what.format(value=quoted(str(key)), line=items[key].origin.line))
            return
        items[key] = Scalar(value=frozen(value), origin=origin_of(node, self.source))

    def _scalar(self, node: yaml.ScalarNode, spec: Spec, name: str) -> Setting | None:
        what, value = _value(node, spec)
        if what:
            self.note(node, f"{what.format(value=quoted(node.value), name=name)}", expected(spec))
            return None
        return Scalar(value=value, origin=origin_of(node, self.source))


def _value(node: yaml.ScalarNode, spec: Spec) -> tuple[str, object]:
    """Return what is wrong with a scalar (empty: nothing) and its value."""
    tag = node.tag.removeprefix(_TAGS)
    if node.style is None and tag == "null":
        return _("« {name} » has no value."), None
    if unwanted_character(node.value):
        return _("« {name} » holds an invisible character."), None
    readers: Mapping[Kind, _Reader] = {
        Kind.INTEGER: _integer,
        Kind.FLOAT: _float,
        Kind.BOOLEAN: _boolean,
        Kind.LIST: lambda _node, _spec: (_("« {name} » is a list."), None),
        Kind.MAP: lambda _node, _spec: (_("« {name} » is a map."), None),
        Kind.ANY: _any,
    }
    return readers.get(spec.kind, _text)(node, spec)


def _text(node: yaml.ScalarNode, spec: Spec) -> tuple[str, object]:
    if node.tag == f"{_TAGS}bool":
        return _("YAML reads « {value} » as yes or no; put it between quotes."), None
    value: str = node.value.strip()
    if spec.choices and value not in spec.choices:
        return _near(_("« {value} » is not one of those of « {name} »."), value, spec), None
    if not value and (spec.required or spec.pattern):
        return _("« {name} » is empty."), None
    if len(value) > spec.longest:
        most = _("« {name} » is too long: at most {most} characters.")
        return most.replace("{most}", str(spec.longest)), None
    if spec.pattern and not re.fullmatch(spec.pattern, value):
        return _("« {value} » is not right for « {name} »."), None
    return "", value


def _near(what: str, value: str, spec: Spec) -> str:
    """Return the sentence with the nearest choice."""
    near = unknown(Origin(source=""), "", value, spec.choices).near
    return f"{what} " + _("Did you mean « {near} »?").replace("{near}", near) if near else what


def _integer(node: yaml.ScalarNode, spec: Spec) -> tuple[str, object]:
    if node.style is not None or not _WHOLE.fullmatch(node.value):
        return _("« {value} » is not a whole number for « {name} »."), None
    value = int(node.value)
    low = spec.least is not None and value < spec.least
    high = spec.most is not None and value > spec.most
    if low or high or (spec.choices and str(value) not in spec.choices):
        return _("« {value} » is out of bounds for « {name} »."), None
    return "", value


def _float(node: yaml.ScalarNode, spec: Spec) -> tuple[str, object]:
    if node.style is not None or not _DECIMAL.fullmatch(node.value):
        return _("« {value} » is not a number for « {name} »."), None
    return "", float(node.value)


def _boolean(node: yaml.ScalarNode, spec: Spec) -> tuple[str, object]:
    if node.style is not None or node.value.lower() not in _BOOLEANS:
        return _("« {value} » is neither true nor false for « {name} »."), None
    return "", _BOOLEANS[node.value.lower()]


def _any(node: yaml.ScalarNode, spec: Spec) -> tuple[str, object]:
    """Read a value that nothing declares: plain numbers and booleans, else text."""
    tag = node.tag.removeprefix(_TAGS)
    if node.style is None and tag == "bool":
        return _boolean(node, spec)
    if node.style is None and tag == "int" and _WHOLE.fullmatch(node.value):
        return "", int(node.value)
    return "", node.value


def expected(spec: Spec) -> str:
    """Return in words what a value may be."""
    if spec.choices:
        return listed(spec.choices)
    if spec.words:
        return spec.words
    if spec.kind is Kind.INTEGER and spec.least is not None and spec.most is not None:
        if spec.least == spec.most:
            return str(spec.least)
        return _("{least} to {most}").format(least=spec.least, most=spec.most)
    if spec.kind is Kind.MAP and spec.options:
        return _keys(spec.options)
    return _kind_words()[spec.kind]


def _keys(options: Mapping[str, Spec]) -> str:
    return _("a map with the keys {keys}").format(keys=listed(tuple(options)))


def _kind_words() -> Mapping[Kind, str]:
    return {
        Kind.TEXT: _("a text"),
        Kind.PATH: _("the path of a file"),
        Kind.INTEGER: _("a whole number"),
        Kind.FLOAT: _("a number"),
        Kind.BOOLEAN: _("true or false"),
        Kind.LIST: _("a list"),
        Kind.MAP: _("a map"),
        Kind.ANY: _("any value"),
    }
