# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""PDF documents made in a process of their own, so that their libraries weigh on nobody."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from fleet.adapters import process

# HTML to PDF. ``fleet.output.documents.to_pdf`` does it in this process.
Render = Callable[[str], bytes]
_LONGEST_S = 300


def in_child(html: str) -> bytes:
    """Return a document as tagged PDF; some 60 MB are used, and given back at once.

    Raises FleetError when it cannot be made.
    """
    with TemporaryDirectory(prefix="parclibre-") as folder:
        source, target = Path(folder, "document.html"), Path(folder, "document.pdf")
        source.write_text(html, encoding="utf-8")
        process.run(
            [sys.executable, "-m", "fleet.output.documents", str(source), str(target)],
            timeout_s=_LONGEST_S,
            environ={"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
        return target.read_bytes()


def own_templates(home: Path) -> tuple[Path, ...]:
    """Return the folders of a town's own templates; those found there come before ours."""
    return (home / "documents",)
