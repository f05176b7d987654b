# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the roles' variables, from their argument specifications, where people read them.

    .venv/bin/python -m tools.role_docs

In each role's README, between two marks; and for all of them in docs/reference/roles.md.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parent.parent
ROLES = ROOT / "roles"
PAGE = ROOT / "docs" / "reference" / "roles.md"

_TABLE = re.compile(r"(<!-- variables -->\n).*?(<!-- end -->)", re.DOTALL)
_ORDER = (
    "package_set", "system_base", "french_locale", "firmware", "boot_loader", "desktop",
    "office_suite", "school_software", "office_software", "browser", "printer_queues",
    "accessibility", "user_accounts", "system_updates", "remote_access", "town_network",
    "directory_login", "check_in", "first_boot", "live_system",
)  # fmt: skip
_TYPES = {
    "str": "texte", "bool": "oui ou non", "int": "nombre", "float": "nombre", "path": "chemin",
    "list": "liste", "dict": "dictionnaire", "raw": "au choix",
}  # fmt: skip
_HEAD = """\
<!-- Page écrite par « .venv/bin/python -m tools.role_docs » : ne pas la modifier à la main. -->

# Les rôles et leurs variables

Un rôle fait une chose dans un système : il pose le français, le bureau, une imprimante. Une recette
nomme ses rôles et leur donne des variables ; les mêmes rôles servent ensuite sur les postes en
service. Les valeurs refusées le sont avant que rien ne commence.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A role, as its argument specification describes it."""

    name: str
    summary: str
    options: Mapping[str, Mapping[str, Any]]


def roles(folder: Path = ROLES) -> tuple[Role, ...]:
    """Return the roles in the order in which images play them."""
    names = [path.parent.parent.name for path in folder.glob("*/meta/argument_specs.yml")]
    rank = {name: place for place, name in enumerate(_ORDER)}
    return tuple(
        read_role(folder / name)
        for name in sorted(names, key=lambda name: (rank.get(name, len(rank)), name))
    )


def read_role(folder: Path) -> Role:
    """Return a role from its folder."""
    text = (folder / "meta" / "argument_specs.yml").read_text(encoding="utf-8")
    main = yaml.safe_load(text)["argument_specs"]["main"]
    summary = main.get("short_description") or ""
    return Role(name=folder.name, summary=summary, options=main.get("options") or {})


def table(options: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the table of a role's variables."""
    if not options:
        return "Ce rôle n’a pas de variable.\n"
    head = "| variable | type | par défaut | sens |\n| --- | --- | --- | --- |\n"
    return head + "".join(f"{row}\n" for row in _rows(options))


def _rows(options: Mapping[str, Mapping[str, Any]], prefix: str = "") -> Iterator[str]:
    for name, option in options.items():
        shown = f"`{prefix}{name}`" + (" (obligatoire)" if option.get("required") else "")
        yield f"| {shown} | {_type(option)} | {_default(option)} | {_meaning(option)} |"
        if inner := option.get("options"):
            inside = "[]." if option.get("type") == "list" else "."
            yield from _rows(inner, f"{prefix}{name}{inside}")


def _type(option: Mapping[str, Any]) -> str:
    kind = option.get("type", "str")
    if kind == "list" and (of := option.get("elements")):
        return f"liste ({_TYPES.get(of, of)})"
    return _TYPES.get(kind, kind)


def _default(option: Mapping[str, Any]) -> str:
    if "default" not in option:
        return ""
    value = option["default"]
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return _cell(f"`{text}`") if text else "vide"


def _meaning(option: Mapping[str, Any]) -> str:
    described = option.get("description") or ""
    text = " ".join(described) if isinstance(described, list) else described
    if choices := option.get("choices"):
        listed = ", ".join(f"`{choice}`" for choice in choices)
        text = f"{text} Valeurs : {listed}."
    return _cell(text)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def readme_with_table(text: str, role: Role) -> str:
    """Return a README with the table of its role between the marks."""
    return _TABLE.sub(lambda found: found[1] + table(role.options) + found[2], text)


def page(known: tuple[Role, ...]) -> str:
    """Return docs/reference/roles.md."""
    parts = [_HEAD, "".join(f"- [{role.name}](#{role.name})\n" for role in known)]
    parts += [f"## {role.name}\n\n{role.summary}\n\n{table(role.options)}" for role in known]
    return "\n".join(parts)


def main() -> None:
    """Write every README's table, and the page."""
    known = roles()
    for role in known:
        readme = ROLES / role.name / "README.md"
        if readme.exists():
            text = readme.read_text(encoding="utf-8")
            readme.write_text(readme_with_table(text, role), encoding="utf-8")
    PAGE.write_text(page(known), encoding="utf-8")


if __name__ == "__main__":
    main()
