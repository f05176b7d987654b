# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small live image, really signed, and a desk that made it: what keys are made from in tests."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from fleet.model.image import StoredImage
from fleet.services.images import read_image
from fleet.services.town import NOBODY, Town, init_town
from tests.services.installer_samples import make_image, make_root

_WORDS = "boot=live live-media=removable nopersistence quiet parclibre.door=rescue\n"


def make_desk(home: Path) -> Town:
    """An installation whose acts are nobody's."""
    town = init_town(home, f"sqlite:///{home / 'journal.db'}")
    return replace(town, operator=NOBODY)


def make_live_image(town: Town, root: Path) -> StoredImage:
    """An image with the boot files that the role live_system leaves."""
    make_root(root)
    rng = random.Random(3)
    boot = root / "usr/lib/parclibre/live-boot"
    boot.mkdir(parents=True)
    sizes = {"key.img": 90_001, "disc.img": 90_007, "boot.img": 512, "boot_hybrid.img": 512}
    for name, size in sizes.items():
        (boot / name).write_bytes(rng.randbytes(size))
    (root / "usr/lib/parclibre/live-cmdline").write_text(_WORDS)
    return read_image(make_image(town.home, town.key, root))


def words_of(events: Sequence[object]) -> list[str]:
    """The kinds of what happened, each once, in order."""
    return list(dict.fromkeys(type(event).__name__ for event in events))
