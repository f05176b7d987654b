# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What APT and Ansible answered while a build was planned, kept for the next plan.

A question names all that its answer depends on, so an answer that is found is the one that would
come. Losing them costs seconds, nothing else.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fleet.services.image_layers import key_of
from fleet.store.files import private_folder, replace_file

_KEPT = 64


@dataclass(frozen=True, slots=True)
class KeptAnswers:
    """The answers of a folder: JSON values, the last ones that served."""

    folder: Path

    def ask(self, question: tuple[object, ...], answer: Callable[[], Any]) -> Any:
        """Return what was answered to this question, else ask and keep it."""
        file = self.folder / f"{key_of(question)}.json"
        with suppress(FileNotFoundError, ValueError):
            found = json.loads(file.read_text("utf-8"))
            os.utime(file)
            return found
        given = answer()
        private_folder(self.folder)
        replace_file(file, json.dumps(given).encode())
        self._forget_old()
        return given

    def _forget_old(self) -> None:
        files = sorted(self.folder.glob("*.json"), key=_served, reverse=True)
        for file in files[_KEPT:]:
            file.unlink(missing_ok=True)


def _served(file: Path) -> int:
    with suppress(FileNotFoundError):
        return file.stat().st_mtime_ns
    return 0
