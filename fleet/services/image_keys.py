# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""All that decides of what a role does, as keys: of its layer, and of the packages it asks for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from fleet.errors import NotFound
from fleet.i18n import _
from fleet.model.recipe import frozen
from fleet.model.recipe_spec import Kind, Spec
from fleet.services.image_layers import files_digest, key_of, mentioned, names_in
from fleet.services.recipe_paths import named_files
from fleet.services.recipes import role_variables

# What the roles of a build always read, whatever their own files mention.
_SHARED = ("package_set",)
_PLUGINS = ("playbooks/image.yml", "playbooks/connection_plugins", "playbooks/inside")
# What listing the packages of a role reads (playbooks/image_packages.yml).
_LISTING = ("defaults", "vars", "tasks/packages.yml")
_LISTED_BY = ("playbooks/image_packages.yml", "playbooks/group_vars", "roles/package_set")
_DECLARED = re.compile(r"^\w+:", re.M)


def role_key(below: str, role: str, variables: Mapping[str, Any], assets: Path) -> str:
    """Return the key of a role's layer: its files, the variables they mention, files these name.

    Raises NotFound for a file that a variable names and that is not there.
    """
    folder = assets / "roles" / role
    shared = [assets / "roles" / name for name in _SHARED] + [assets / name for name in _PLUGINS]
    read = mentioned(variables, folder) | _of_shared(variables)
    files = _files_read(read, assets)
    return key_of(below, role, files_digest([folder, *shared]), read, *files)


def packages_key(roles: Sequence[str], variables: Mapping[str, Any], assets: Path) -> str:
    """Return the key of what roles ask for: a variable counts where another's value mentions it.

    Raises NotFound for a file that a variable names and that is not there.
    """
    read = [assets / "roles" / role / name for role in roles for name in _LISTING]
    there = [path for path in read if path.exists()]
    words = {word for path in there for word in names_in(path, without=_DECLARED)}
    used = {n: v for n, v in variables.items() if n in words} | _of_shared(variables)
    listed_by = [assets / name for name in _LISTED_BY]
    return key_of(
        roles, files_digest([*there, *listed_by]), used, *_files_read(used, assets)
    )  # fmt: skip


def _of_shared(variables: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in variables.items() if name.startswith(_SHARED)}


def _files_read(variables: Mapping[str, Any], assets: Path) -> Iterator[str]:
    """Yield what the files of this computer that variables name hold, as digests."""
    specs = role_variables(assets / "roles")
    for name in sorted(variables):
        for file in named_files(frozen(variables[name]), specs.get(name, Spec(kind=Kind.ANY))):
            if not file.is_file():
                raise NotFound(
                    _("There is no file {file}, which {variable} names.").format(
                        file=file, variable=name
                    ),
                    hint=_("Correct the path in the recipe: it starts from the recipe's folder."),
                )
            yield files_digest([file])
