# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The recipe ``ci`` for Debian 12: its packages are found each time; asked for, it is built.

    PARCLIBRE_TEST_BOOKWORM=1 pytest tests/images/test_bookworm.py

builds it, and starts it under UEFI and BIOS. Needs root.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from fleet.model.proof import Firmware
from fleet.services.image_plan import BuildPlace, BuildPlan, plan_build
from fleet.services.images import read_image
from fleet.services.recipes import RecipeFolders, find_recipe
from tests.images.booting import boot_tested, wrong
from tests.images.conftest import built

pytestmark = [
    pytest.mark.xdist_group("images"), pytest.mark.root, pytest.mark.slow,
    pytest.mark.timeout(1200),
]  # fmt: skip


@pytest.fixture(scope="module")
def bookworm(image_place: BuildPlace, recipe_places: RecipeFolders) -> BuildPlan:
    """The plan of ``ci`` for Debian 12."""
    given = ("base.debian.suite=bookworm",)
    return plan_build(find_recipe("ci", given, folders=recipe_places), image_place)


def test_ci_finds_its_packages_in_debian_12(bookworm: BuildPlan) -> None:
    assert bookworm.base.codename == "bookworm"
    assert len(bookworm.packages.packages) > 200


@pytest.mark.vm
@pytest.mark.timeout(5400)
@pytest.mark.skipif(
    not os.environ.get("PARCLIBRE_TEST_BOOKWORM"),
    reason="half an hour: ask for it with PARCLIBRE_TEST_BOOKWORM=1",
)
def test_ci_for_debian_12_starts_under_both_firmwares(bookworm: BuildPlan, tmp_path: Path) -> None:
    image = built(bookworm)

    seen = boot_tested(image, tmp_path, Firmware.UEFI, Firmware.BIOS)

    assert read_image(image).manifest.base.codename == "bookworm"
    assert [wrong(proof) for proof in seen.proofs] == [[], []]
