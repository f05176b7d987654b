# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Refuses templates that do more than fill in a page: code, computing, scripts, outside files.

The sandbox of ``fleet.output.documents`` would stop them as well; here they are named with
their line before anything runs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from jinja2 import Environment, TemplateSyntaxError, nodes
from jinja2.filters import FILTERS

from fleet.errors import BadInput
from fleet.i18n import _

MAX_BYTES = 256 * 1024
MAX_DEPTH = 40
# Statements and expressions that a page needs.
_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.Tuple,
    nodes.List, nodes.Dict, nodes.Pair, nodes.Keyword, nodes.CondExpr, nodes.Filter, nodes.Test,
    nodes.Call, nodes.Getitem, nodes.Getattr, nodes.Concat, nodes.Compare, nodes.Operand,
    nodes.And, nodes.Or, nodes.Not, nodes.For, nodes.If, nodes.Macro, nodes.Include,
    nodes.Import, nodes.FromImport, nodes.Assign, nodes.AssignBlock, nodes.With,
)  # fmt: skip
# Built-in filters that neither compute nor grow; ours are added by the environment.
PLAIN_FILTERS = frozenset(
    {"capitalize", "default", "dictsort", "e", "escape", "first", "join", "last", "length",
     "lower", "safe", "string", "trim", "upper"}
)  # fmt: skip
_PLAIN_TESTS = frozenset({"defined", "undefined", "none", "string", "number", "sameas", "in", "eq",
                          "equalto", "true", "false"})  # fmt: skip
_COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
_PICTURE = r"[A-Za-z0-9][A-Za-z0-9._-]*\.(?:png|jpe?g)"
_FORBIDDEN_TAG = re.compile(
    r"<\s*(script|iframe|frame|object|embed|link|base|form|applet|audio|video|meta(?=[^>]*http-))\b",
    re.IGNORECASE,
)
_HANDLER = re.compile(r"<[^>]*\s(on[a-z]+)\s*=", re.IGNORECASE)
_IMPORT_RULE = re.compile(r"@import\b", re.IGNORECASE)
_CSS_URL = re.compile(r"url\(\s*[\"']?\s*([^)\"']*)", re.IGNORECASE)
_LINK = re.compile(
    r"\b(src|srcset|href|data|action|poster|background)\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s>]+)",
    re.IGNORECASE,
)
_OWN_PICTURE = re.compile(rf"(?:{_PICTURE}|#[\w-]*|\{{\{{[^{{}}]*\}}\}})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something about a template. ``fatal`` ones keep it from being used."""

    file: str
    line: int
    what: str
    fatal: bool = True


def check_code(source: str, name: str, environment: Environment) -> list[Finding]:
    """Return everything that a template must not hold, in the order of its lines."""
    if len(source.encode("utf-8", "replace")) > MAX_BYTES:
        what = _("it is larger than {n} KB").format(n=MAX_BYTES // 1024)
        return [Finding(file=name, line=1, what=what)]
    try:
        tree = environment.parse(source, name)
    except TemplateSyntaxError as error:
        what = _("it cannot be read: {why}").format(why=error.message)
        return [Finding(file=name, line=error.lineno, what=what)]
    except RecursionError:
        return [Finding(file=name, line=1, what=_("it is nested too deeply"))]
    found = [
        *(Finding(file=name, line=line, what=what) for line, what in _in_code(tree, environment)),
        *(Finding(file=name, line=line, what=what) for line, what in _in_text(source)),
    ]
    return sorted(found, key=lambda finding: finding.line)


def refuse(findings: list[Finding]) -> None:
    """Raise BadInput that lists the fatal findings, with their files and lines."""
    fatal = [finding for finding in findings if finding.fatal]
    if fatal:
        raise BadInput(
            "\n".join(told(finding) for finding in fatal),
            hint=_("Correct your copy, or remove it: ours is used then."),
        )


def told(finding: Finding) -> str:
    """Return a finding as one line that editors can follow."""
    return _("{file}, line {line}: {what}.").format(
        file=finding.file, line=finding.line, what=finding.what
    )


# --- code ----------------------------------------------------------------------------------


def _in_code(tree: nodes.Template, environment: Environment) -> Iterator[tuple[int, str]]:
    macros = _macros(tree)
    for node in _walk(tree):
        if not isinstance(node, _ALLOWED):
            yield node.lineno, _("« {what} » is not allowed in a template").format(what=_name(node))
        elif isinstance(node, nodes.Call) and not _is_macro(node.node, macros):
            yield node.lineno, _("only macros may be called")
        elif isinstance(node, nodes.Filter):
            yield from _filter(node, environment)
        elif isinstance(node, nodes.Test) and node.name not in _PLAIN_TESTS:
            yield node.lineno, _("the test « {name} » is not allowed").format(name=node.name)
        else:
            yield from _names(node)


def _walk(tree: nodes.Node) -> Iterator[nodes.Node]:
    """Yield every node; one that the parser gave no line has that of what it is in."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        for child in node.iter_child_nodes():
            child.lineno = child.lineno or node.lineno or 1
            waiting.append(child)


def _name(node: nodes.Node) -> str:
    return type(node).__name__.lower()


def _macros(tree: nodes.Template) -> frozenset[str]:
    """Return the names under which macros can be called: our own, imported ones, modules."""
    found: set[str] = set()
    for node in _walk(tree):
        match node:
            case nodes.Macro():
                found.add(node.name)
            case nodes.Import():
                found.add(node.target)
            case nodes.FromImport():
                found.update(one if isinstance(one, str) else one[1] for one in node.names)
    return frozenset(found)


def _is_macro(node: nodes.Node, macros: frozenset[str]) -> bool:
    match node:
        case nodes.Name():
            return node.name in macros
        case nodes.Getattr(attr="get"):
            return True  # a look-up in a table of words
        case nodes.Getattr(node=nodes.Name(name=module)):
            return module in macros
    return False


def _filter(node: nodes.Filter, environment: Environment) -> Iterator[tuple[int, str]]:
    ours = node.name in environment.filters and node.name not in _builtins()
    if not ours and node.name not in PLAIN_FILTERS:
        yield node.lineno, _("the filter « {name} » is not allowed").format(name=node.name)
    if node.name == "safe" and not _is_ours(node.node):
        yield node.lineno, _("« safe » would print foreign text as HTML")


def _builtins() -> frozenset[str]:
    return frozenset(FILTERS)


def _is_ours(node: nodes.Node | None) -> bool:
    """Tell whether we made the HTML: the style sheet, and QR codes."""
    match node:
        case nodes.Name(name="style"):
            return True
        case nodes.Filter(name="qr"):
            return True
    return False


def _names(node: nodes.Node) -> Iterator[tuple[int, str]]:
    match node:
        case nodes.Getattr(attr=name) | nodes.Getitem(arg=nodes.Const(value=str(name))):
            if name.startswith("_"):
                yield node.lineno, _("« {name} » is not a field").format(name=name)
        case nodes.Name(name=name) if name.startswith("_"):
            yield node.lineno, _("« {name} » is not a field").format(name=name)
        case nodes.Include() | nodes.Import() | nodes.FromImport():
            if not _is_plain_name(node.template):
                what = _("only a file of the same folder may be named, between quotation marks")
                yield node.lineno, what


def _is_plain_name(node: nodes.Node) -> bool:
    match node:
        case nodes.Const(value=str(name)):
            return re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", name) is not None
    return False


# --- text ----------------------------------------------------------------------------------


def _in_text(source: str) -> Iterator[tuple[int, str]]:
    text = _COMMENT.sub(lambda found: "\n" * found.group().count("\n"), source)
    for place, what in _in_html(text):
        yield text.count("\n", 0, place) + 1, what


def _in_html(text: str) -> Iterator[tuple[int, str]]:
    for found in _FORBIDDEN_TAG.finditer(text):
        yield found.start(), _("the element « {name} » is not allowed").format(name=found[1])
    for found in _HANDLER.finditer(text):
        yield found.start(1), _("the attribute « {name} » is not allowed").format(name=found[1])
    for found in _IMPORT_RULE.finditer(text):
        yield found.start(), _("« @import » is not allowed")
    for pattern, group in ((_CSS_URL, 1), (_LINK, 2)):
        for found in pattern.finditer(text):
            target = found[group].strip("\"' ")
            if not _OWN_PICTURE.fullmatch(target):
                what = _("« {target} » is not a PNG or JPEG picture beside the template")
                yield found.start(), what.format(target=target[:80])
