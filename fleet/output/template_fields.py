# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares a template with the records it is given: unknown fields, and needed ones that it
does not use. The template is read, not run: a field in a branch nobody takes is found too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, is_dataclass
from difflib import get_close_matches
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from jinja2 import Environment, TemplateSyntaxError, nodes

from fleet.i18n import _
from fleet.output.template_code import Finding

# Name of a template's file to its text; None when there is none.
Source = Callable[[str], str | None]
_LOOP = frozenset({"first", "last", "index", "index0", "length"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """What an expression is: a record type, a list of them, one value, or anything (None)."""

    record: type[Any] | None = None
    many: bool = False
    plain: bool = False
    path: str = ""


_ANY = _Kind()
_Scope = dict[str, _Kind]
# A macro's node, what its file knows, and that file's name.
_Macro = tuple[nodes.Macro, _Scope, str]


@dataclass(slots=True, kw_only=True)
class _Reading:
    """One template being compared, with the files that it includes."""

    environment: Environment
    source: Source
    file: str
    used: set[str] = field(default_factory=set)
    findings: list[Finding] = field(default_factory=list)
    files: tuple[str, ...] = ()
    macros: dict[str, _Macro] = field(default_factory=dict)
    calling: tuple[str, ...] = ()


def check_fields(
    name: str, facts: type[Any], needed: tuple[str, ...], source: Source, environment: Environment
) -> list[Finding]:
    """Return unknown fields (fatal) and needed fields that are not used (not fatal).

    ``source`` gives the text of the template and of those it includes.
    """
    reading = _Reading(environment=environment, source=source, file=name)
    scope = {key: _kind(hint, key) for key, hint in _fields(facts).items()}
    _read_file(reading, name, {**scope, "style": _Kind(plain=True)})
    missing = [path for path in needed if path not in reading.used]
    for path in missing:
        what = _("the field « {name} » is not used").format(name=path)
        reading.findings.append(Finding(file=name, line=1, what=what, fatal=False))
    return list(dict.fromkeys(reading.findings))


def _fields(record: type[Any]) -> dict[str, Any]:
    """Return the fields and properties of a record with their types."""
    properties = {
        name: get_type_hints(value.fget).get("return", Any)
        for name in dir(record)
        if isinstance(value := getattr(record, name), property)
    }
    hints = get_type_hints(record)
    return {name: hints[name] for name in hints if name in record.__dataclass_fields__} | properties


def _kind(hint: Any, path: str) -> _Kind:
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        known = [one for one in get_args(hint) if one is not NoneType]
        return _kind(known[0], path) if len(known) == 1 else _ANY
    if origin is tuple:
        inner = _kind(get_args(hint)[0], path)
        return _Kind(record=inner.record, many=True, plain=inner.plain, path=path)
    if is_dataclass(hint) and isinstance(hint, type):
        return _Kind(record=hint, path=path)
    return _Kind(plain=hint in (str, int, bool), path=path)


def _read_file(reading: _Reading, name: str, scope: _Scope) -> None:
    text = reading.source(name)
    if text is None:
        _note(reading, 1, _("there is no template « {name} »").format(name=name))
        return
    if name in reading.files:
        return
    before = reading.file, reading.files
    reading.file, reading.files = name, (*reading.files, name)
    try:
        tree = reading.environment.parse(text, name)
    except TemplateSyntaxError as error:
        _note(reading, error.lineno, _("it cannot be read: {why}").format(why=error.message))
    else:
        _statements(reading, tree.body, dict(scope))
    reading.file, reading.files = before


def _note(reading: _Reading, line: int, what: str) -> None:
    reading.findings.append(Finding(file=reading.file, line=line, what=what))


# --- statements ----------------------------------------------------------------------------


def _statements(reading: _Reading, body: list[nodes.Node], scope: _Scope) -> None:
    for node in body:
        _statement(reading, node, scope)


def _statement(reading: _Reading, node: nodes.Node, scope: _Scope) -> None:
    match node:
        case nodes.Output(nodes=parts):
            for part in parts:
                _expression(reading, part, scope)
        case nodes.For():
            _loop(reading, node, scope)
        case nodes.If():
            _expression(reading, node.test, scope)
            branches: tuple[list[Any], ...] = (node.body, node.elif_, node.else_)
            for branch in branches:
                _statements(reading, branch, scope)
        case nodes.Assign(target=nodes.Name(name=name)):
            scope[name] = _expression(reading, node.node, scope)
        case nodes.AssignBlock(target=nodes.Name(name=name)):
            _statements(reading, node.body, scope)
            scope[name] = _Kind(plain=True)
        case nodes.Macro():
            scope[node.name] = _ANY
            reading.macros[node.name] = (node, scope, reading.file)
            given = {argument.name: _ANY for argument in node.args}
            _statements(reading, node.body, {**scope, **given})
        case nodes.With():
            given = {
                target.name: _expression(reading, value, scope)
                for target, value in zip(node.targets, node.values, strict=True)
                if isinstance(target, nodes.Name)
            }
            _statements(reading, node.body, {**scope, **given})
        case _:
            _other_files(reading, node, scope)


def _other_files(reading: _Reading, node: nodes.Node, scope: _Scope) -> None:
    match node:
        case nodes.Include(template=nodes.Const(value=str(name))):
            _read_file(reading, name, scope)
        case nodes.Import(template=nodes.Const(value=str(name))):
            scope[node.target] = _ANY
            _read_file(reading, name, {"style": _Kind(plain=True)})
        case nodes.FromImport():
            for one in node.names:
                scope[one if isinstance(one, str) else one[1]] = _ANY


def _loop(reading: _Reading, node: nodes.For, scope: _Scope) -> None:
    over = _expression(reading, node.iter, scope)
    inner = {**scope, "loop": _Kind(path="loop")}
    each = _Kind(record=over.record, plain=over.plain, path=over.path) if over.many else _ANY
    match node.target:
        case nodes.Name(name=name):
            inner[name] = each
        case nodes.Tuple(items=items):
            inner |= {item.name: _ANY for item in items if isinstance(item, nodes.Name)}
    if node.test is not None:
        _expression(reading, node.test, inner)
    _statements(reading, node.body, inner)
    _statements(reading, node.else_, scope)


# --- expressions ---------------------------------------------------------------------------


def _expression(reading: _Reading, node: nodes.Node, scope: _Scope) -> _Kind:
    match node:
        case nodes.Name(name=name):
            return _name(reading, node, name, scope)
        case nodes.Getattr(attr=name) | nodes.Getitem(arg=nodes.Const(value=str(name))):
            return _attribute(reading, node, name, scope)
        case nodes.Filter(node=inner) if inner is not None:
            return _filtered(reading, node, _expression(reading, inner, scope), scope)
        case nodes.Call():
            return _call(reading, node, scope)
        case nodes.CondExpr():
            kinds = [_expression(reading, part, scope) for part in _parts(node)]
            return kinds[0] if kinds else _ANY
    for part in node.iter_child_nodes():
        _expression(reading, part, scope)
    return _ANY


def _filtered(reading: _Reading, node: nodes.Filter, kind: _Kind, scope: _Scope) -> _Kind:
    for argument in node.args:
        _expression(reading, argument, scope)
    if node.name in ("first", "last"):
        return _Kind(record=kind.record, plain=kind.plain, path=kind.path)
    return kind if node.name == "default" else _Kind(plain=True)


def _call(reading: _Reading, node: nodes.Call, scope: _Scope) -> _Kind:
    """Read a macro's body with what it is called with: fields used there count as used."""
    given = [_expression(reading, argument, scope) for argument in node.args]
    for keyword in node.kwargs:
        _expression(reading, keyword.value, scope)
    _expression(reading, node.node, scope)
    name = getattr(node.node, "attr", getattr(node.node, "name", ""))
    if name not in reading.macros or name in reading.calling:
        return _ANY
    macro, around, file = reading.macros[name]
    arguments = dict(zip((argument.name for argument in macro.args), given, strict=False))
    before = reading.file, reading.calling
    reading.file, reading.calling = file, (*reading.calling, name)
    _statements(reading, macro.body, {**around, **arguments})
    reading.file, reading.calling = before
    return _ANY


def _parts(node: nodes.CondExpr) -> Iterator[nodes.Node]:
    yield node.expr1
    yield node.test
    if node.expr2 is not None:
        yield node.expr2


def _name(reading: _Reading, node: nodes.Node, name: str, scope: _Scope) -> _Kind:
    if name in scope:
        if scope[name].path:
            reading.used.add(scope[name].path)
        return scope[name]
    _note(reading, node.lineno, _unknown(name, scope))
    return _ANY


def _attribute(reading: _Reading, node: Any, name: str, scope: _Scope) -> _Kind:
    owner = _expression(reading, node.node, scope)
    if owner.path == "loop" and name in _LOOP:
        return _Kind(plain=True)
    if owner.plain or owner.many:
        _note(reading, node.lineno, _("« {name} » is not a field").format(name=name))
        return _ANY
    if owner.record is None:
        return _ANY
    fields = _fields(owner.record)
    if name not in fields:
        _note(reading, node.lineno, _unknown(name, fields, owner.path))
        return _ANY
    path = f"{owner.path}.{name}"
    reading.used.add(path)
    return _kind(fields[name], path)


def _unknown(name: str, known: Any, owner: str = "") -> str:
    shown = f"{owner}.{name}" if owner else name
    near = get_close_matches(name, list(known), n=1, cutoff=0.5)
    if not near:
        return _("there is no field « {name} »").format(name=shown)
    close = f"{owner}.{near[0]}" if owner else near[0]
    return _("there is no field « {name} »; the nearest is « {near} »").format(
        name=shown, near=close
    )
