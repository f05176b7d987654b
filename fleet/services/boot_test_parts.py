# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the boot test and its installation step hand to each other."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalledDisk:
    """A virtual disk that the installer finished.

    ``root_offset_bytes`` is where its root filesystem begins; ``kernel_arguments`` what the
    test asked the installer to add.
    """

    path: Path
    root_offset_bytes: int
    kernel_arguments: str = ""
