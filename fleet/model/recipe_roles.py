# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one place where a recipe's friendly keys become roles and variables of roles.

A variable named here must exist in its role's argument_specs: the tests of the shipped recipes
compare.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fleet.model.recipe import Recipe, plain
from fleet.model.recipe_draft import (
    Group,
    ListEdit,
    Scalar,
    Setting,
    look_up,
    merge,
    setting_from,
)
from fleet.model.recipe_problems import Origin

# The order in which roles play; package_set is called by the others.
ROLE_ORDER = (
    "system_base", "french_locale", "firmware", "boot_loader", "desktop", "office_suite",
    "school_software", "office_software", "browser", "printer_queues", "accessibility",
    "user_accounts", "system_updates", "remote_access", "town_network", "directory_login",
    "check_in", "first_boot", "live_system",
)  # fmt: skip
# remote_access is the firewall first: it opens SSH only where a recipe says so.
ALWAYS = (
    "system_base", "french_locale", "firmware", "boot_loader", "user_accounts",
    "system_updates", "remote_access", "first_boot",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What one friendly word brings: roles, and variables of roles."""

    roles: tuple[str, ...] = ()
    variables: Mapping[str, object] = field(default_factory=dict)


DESKTOPS: Mapping[str, Choice] = {
    name: Choice(roles=("desktop",), variables={"desktop_environment": name})
    for name in ("xfce", "gnome", "zorin", "kiosk", "minimal")
} | {"none": Choice()}
# Browser rules, and the like, of several sets: the last set named has the last word.
SOFTWARE: Mapping[str, Choice] = {
    "socle": Choice(
        roles=("office_suite", "browser", "printer_queues"),
        # Written here although it is the role's default, so that a recipe's list adds to it.
        variables={"office_suite_parts": ["writer", "calc", "impress"]},
    ),
    "maternelle": Choice(
        roles=("school_software", "browser"),
        variables={"school_software_cycles": [1], "browser_profile": "maternelle"},
    ),
    "elementaire": Choice(
        roles=("school_software", "browser"),
        variables={"school_software_cycles": [2, 3], "browser_profile": "ecole"},
    ),
    "college": Choice(
        roles=("school_software", "browser"),
        variables={"school_software_cycles": [4], "browser_profile": "ecole"},
    ),
    "mairie": Choice(
        roles=("office_software", "browser"),
        variables={"office_software_profile": "mairie", "browser_profile": "mairie"},
    ),
    "borne": Choice(roles=("browser", "printer_queues"), variables={"browser_profile": "borne"}),
    "famille": Choice(
        roles=("office_software", "browser"),
        variables={"office_software_profile": "famille", "browser_profile": "famille"},
    ),
    "accessibilite": Choice(roles=("accessibility",)),
}
_PUPIL = {
    "name": "eleve", "display_name": "Élève", "password": "none_at_screen",
    "session": "throw_away",
}  # fmt: skip
# No policy carries a password. A town adds its own accounts to user_accounts_list.
ACCOUNTS: Mapping[str, Choice] = {
    # One account that opens without a password and forgets everything.
    "pupils": Choice(variables={"user_accounts_list": [_PUPIL]}),
    # The first start asks for the person's name and password; the town administers by SSH.
    "staff": Choice(
        variables={
            "user_accounts_ask_for_owner": True,
            "user_accounts_owner_administrator": False,
            "first_boot_owner": True,
        }
    ),
    # The same, and the person is at home: they administer the machine.
    "owner": Choice(
        variables={
            "user_accounts_ask_for_owner": True,
            "user_accounts_owner_administrator": True,
            "first_boot_owner": True,
        }
    ),
    # Those of the kiosk, of a directory, or written in user_accounts_list.
    "none": Choice(),
}
# Friendly keys that are a variable of a role under another name.
RENAMED: Mapping[str, str] = {
    "base.debian.components": "system_base_components",
    "locale.language": "french_locale_lang",
    "locale.keyboard": "french_locale_keyboard_layout",
    "locale.variant": "french_locale_keyboard_variant",
    "locale.time_zone": "french_locale_timezone",
    "locale.paper": "french_locale_paper",
    "printers": "printer_queues_list",
    "recommends": "package_set_recommends",
}
# Keys that bring a role when they are written.
BRINGING: Mapping[str, str] = {"printers": "printer_queues"}
# Roles that no recipe names: the others call them.
CALLED = ("package_set",)

# The boot test's questions; those of a role are asked only when the recipe plays it.
CHECKS_BY_ROLE: Mapping[str, tuple[str, ...]] = {
    "desktop": ("login_screen", "keyboard_graphical"),
    "boot_loader": ("secure_boot",),
    "french_locale": ("locale", "keyboard_console", "timezone", "paper"),
    "school_software": ("desktop_entries",),
    "office_software": ("desktop_entries",),
    "browser": ("desktop_entries",),
    "system_updates": ("updates",),
    "printer_queues": ("printing",),
    "office_suite": ("letter_to_pdf", "spreadsheet", "desktop_entries"),
    "remote_access": ("firewall",),
    "check_in": ("check_in",),
}
CHECKS = (
    "login_screen", "system_running", "no_failed_unit", "secure_boot", "locale",
    "keyboard_console", "keyboard_graphical", "timezone", "paper", "root_grown",
    "desktop_entries", "no_default_password", "firewall", "listening_ports", "updates",
    "printing", "letter_to_pdf", "spreadsheet", "check_in", "no_machine_id", "no_host_key",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class RolePlan:
    """The roles to play, their variables with the places that decided them, and the checks."""

    roles: tuple[str, ...]
    variables: Group
    checks: tuple[str, ...]


def plan_roles(root: Group) -> RolePlan:
    """Return what a merged recipe asks of the roles."""
    roles = _roles(root)
    derived = Group(origin=root.origin, settings={})
    for part in _derived(root):
        derived = merge(derived, part)
    written = look_up(root, "variables")
    variables = merge(derived, written) if isinstance(written, Group) else derived
    played = (*roles, *CALLED)
    kept = {name: one for name, one in variables.settings.items() if role_of(name) in played}
    return RolePlan(
        roles=roles,
        variables=Group(origin=variables.origin, settings=kept),
        checks=_checks(root, roles),
    )


def role_of(variable: str) -> str:
    """Return the role that owns a variable, by its name; empty when none does."""
    owners = [role for role in (*ROLE_ORDER, *CALLED) if variable.startswith(f"{role}_")]
    return max(owners, key=len, default="")


def variables_of(recipe: Recipe, role: str) -> dict[str, Any]:
    """Return the variables of one role of a recipe, as Ansible takes them."""
    return {name: plain(value) for name, value in recipe.variables.items() if role_of(name) == role}


def choices_made(root: Group) -> tuple[tuple[Choice, Origin], ...]:
    """Return what the desktop, accounts and software sets bring, and where each was chosen."""
    made = []
    for key, choices in (("desktop", DESKTOPS), ("accounts", ACCOUNTS)):
        chosen = look_up(root, key)
        if isinstance(chosen, Scalar):
            made.append((choices[str(chosen.value)], chosen.origin))
    software = look_up(root, "software")
    if isinstance(software, ListEdit):
        made += [(SOFTWARE[str(item.value)], item.origin) for item in software.added]
    return tuple(made)


def _roles(root: Group) -> tuple[str, ...]:
    wanted = {*ALWAYS, *(role for choice, _ in choices_made(root) for role in choice.roles)}
    wanted |= {role for path, role in BRINGING.items() if look_up(root, path) is not None}
    return tuple(role for role in ROLE_ORDER if role in _after(root, "roles", wanted))


def _checks(root: Group, roles: tuple[str, ...]) -> tuple[str, ...]:
    of_roles = {one for checks in CHECKS_BY_ROLE.values() for one in checks}
    wanted = set(CHECKS) - of_roles
    wanted |= {one for role in roles for one in CHECKS_BY_ROLE.get(role, ())}
    return tuple(check for check in CHECKS if check in _after(root, "checks", wanted))


def _after(root: Group, key: str, wanted: set[str]) -> set[str]:
    """Return the names wanted, after what the recipe adds and removes itself."""
    edit = look_up(root, key)
    if not isinstance(edit, ListEdit):
        return wanted
    added = {str(item.value) for item in edit.added}
    removed = {str(item.value) for item in edit.removed}
    return added if edit.only else (wanted | added) - removed


def _derived(root: Group) -> tuple[Group, ...]:
    """Return the variables that the friendly keys bring, one group for each key."""
    parts = [_variables(choice.variables, origin) for choice, origin in choices_made(root)]
    for path, variable in RENAMED.items():
        setting = look_up(root, path)
        if setting is not None:
            parts.append(Group(origin=setting.origin, settings={variable: setting}))
    return tuple(parts)


def _variables(values: Mapping[str, object], origin: Origin) -> Group:
    settings: dict[str, Setting] = {
        name: setting_from(value, origin) for name, value in values.items()
    }
    return Group(origin=origin, settings=settings)
