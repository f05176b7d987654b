# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Build hook: compile the message catalogues before a wheel or an editable install.

A wheel also takes ``ansible.cfg`` beside the playbooks that it carries.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CatalogueHook(BuildHookInterface[Any]):
    """Write each ``parclibre.mo`` next to its ``parclibre.po``."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        for po_path in sorted(Path(self.root).glob("fleet/locale/*/LC_MESSAGES/parclibre.po")):
            compile_catalogue(po_path)
        if self.target_name == "wheel" and version != "editable":
            build_data["force_include"]["ansible.cfg"] = "fleet/assets/ansible.cfg"


def compile_catalogue(po_path: Path) -> Path:
    """Return the path of the binary catalogue written from ``po_path``; fuzzy entries stay out."""
    with po_path.open("rb") as source:
        catalogue = read_po(source, locale=po_path.parts[-3])
    mo_path = po_path.with_suffix(".mo")
    with mo_path.open("wb") as target:
        write_mo(target, catalogue)
    return mo_path
