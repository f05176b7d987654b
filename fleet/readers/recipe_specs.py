# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A role's ``meta/argument_specs.yml`` to what each of its variables may be."""

from __future__ import annotations

from collections.abc import Mapping

import yaml

from fleet.errors import BadInput
from fleet.i18n import _
from fleet.model.recipe import frozen
from fleet.model.recipe_spec import Kind, Spec

_KINDS = {
    "str": Kind.TEXT, "path": Kind.PATH, "int": Kind.INTEGER, "float": Kind.FLOAT,
    "bool": Kind.BOOLEAN, "list": Kind.LIST, "dict": Kind.MAP, "raw": Kind.ANY,
}  # fmt: skip
_LONGEST = 20_000


def read_role_specs(text: str, role: str) -> dict[str, Spec]:
    """Return the variables of a role's entry point ``main``, by name. Raises BadInput."""
    try:
        document = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError) as error:
        raise _unreadable(role) from error
    main = _map(_map(_map(document).get("argument_specs")).get("main"))
    if not main:
        raise _unreadable(role)
    return {str(name): _spec(one, role) for name, one in _map(main.get("options")).items()}


def _unreadable(role: str) -> BadInput:
    return BadInput(
        _("The role « {role} » does not say what its variables are.").format(role=role),
        hint=_("See roles/{role}/meta/argument_specs.yml.").format(role=role),
    )


def _map(value: object) -> Mapping[object, object]:
    return value if isinstance(value, dict) else {}


def _spec(value: object, role: str) -> Spec:
    found = _map(value)
    elements, options = found.get("elements"), found.get("options")
    choices = found.get("choices")
    kind = _KINDS.get(str(found.get("type", "str")), Kind.ANY)
    inner = _options(options, role)
    is_list = kind is Kind.LIST
    return Spec(
        kind=kind,
        choices=tuple(str(one) for one in choices) if isinstance(choices, list) else (),
        options=None if is_list else inner,
        elements=_elements(str(elements), inner, choices, role) if is_list and elements else None,
        # A recipe may leave out what the role wants: something else can give it later.
        longest=_LONGEST,
        role=role,
        secret=found.get("no_log") is True,
        default=frozen(found.get("default")),
    )


def _options(value: object, role: str) -> dict[str, Spec] | None:
    if not isinstance(value, dict):
        return None
    return {str(name): _inner(one, role) for name, one in value.items()}


def _inner(value: object, role: str) -> Spec:
    spec = _spec(value, role)
    return Spec(
        kind=spec.kind,
        choices=spec.choices,
        options=spec.options,
        elements=spec.elements,
        required=bool(_map(value).get("required", False)),
        longest=_LONGEST,
        role=role,
        edits=False,
    )


def _elements(kind: str, options: dict[str, Spec] | None, choices: object, role: str) -> Spec:
    return Spec(
        kind=_KINDS.get(kind, Kind.ANY),
        options=options,
        choices=tuple(str(one) for one in choices) if isinstance(choices, list) else (),
        longest=_LONGEST,
        role=role,
    )
