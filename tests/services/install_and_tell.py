# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Installs on a disk file and prints each event: a process for tests to kill."""

from __future__ import annotations

import sys
from pathlib import Path

from fleet.model.install_plan import InstallOptions
from fleet.services.installer import install, plan_install


def main() -> None:
    """Install the image, on the disk, trusting the key: the three arguments."""
    image, disk, key = sys.argv[1:]
    plan = plan_install(
        Path(image), Path(disk), InstallOptions(hostname="poste"), trusted_keys=[key]
    )
    _tell("planned")
    for event in install(plan, confirmation=plan.asked_text):
        _tell(type(event).__name__, str(getattr(event, "percent", "")))


def _tell(*words: str) -> None:
    sys.stdout.write(" ".join(words) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
