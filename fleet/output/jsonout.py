# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The JSON that reading commands print: a named, versioned shape with documented fields."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from fleet.output.safe import for_json


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A document's name, version, and what each field holds, in the user's language.

    A field that is dropped or changes its meaning raises the version; a new one does not.
    """

    name: str
    fields: Callable[[], Mapping[str, str]]
    version: int = 1

    @property
    def format(self) -> str:
        """The value of the document's ``format`` field."""
        return f"parclibre/{self.name}"

    def document(self, **values: Any) -> str:
        """Return the JSON text. Raises KeyError when a field is not a documented one."""
        if strangers := values.keys() - self.fields().keys():
            raise KeyError(f"{self.format} has no field {sorted(strangers)}")
        content = {"format": self.format, "version": self.version, **values}
        return for_json(json.dumps(content, ensure_ascii=False, indent=2, default=str))
