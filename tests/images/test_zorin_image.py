# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The stand-in for Zorin's ISO, all the way: read, built into an image, installed, started.

What an official ISO would show and the stand-in does not is in docs/decisions/0014-zorin.md.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from fleet.adapters import process
from fleet.model.image import FILES
from fleet.model.proof import CheckResult, Firmware
from fleet.readers.casper import kernel_version
from fleet.services.image_plan import BuildPlan
from fleet.services.images import read_image
from fleet.services.zorin import kernels_without_initrd, zorin_base
from tests.images.booting import answer, boot_tested, wrong
from tests.images.standin import StandIn

pytestmark = [
    pytest.mark.xdist_group("images"), pytest.mark.root, pytest.mark.slow,
    pytest.mark.timeout(1800),
]  # fmt: skip


def test_the_stand_in_is_a_base_with_a_kernel_and_its_live_packages(
    zorin_iso: StandIn, tmp_path: Path
) -> None:
    base = tmp_path / "base"

    facts = zorin_base(zorin_iso.path, zorin_iso.sha256, base)

    assert (facts.id, facts.codename) == ("zorin", "trixie")
    assert "live-boot" in facts.live_packages
    assert {one.package.name for one in facts.packages} >= {"dpkg", "python3", *facts.live_packages}
    (modules,) = (base / "usr/lib/modules").iterdir()
    assert kernel_version((base / f"boot/vmlinuz-{modules.name}").read_bytes()) == modules.name


def test_the_stand_in_starts_under_bios_and_uefi(zorin_iso: StandIn) -> None:
    told = process.run(
        ["xorriso", "-indev", f"stdio:{zorin_iso.path}", "-report_el_torito", "plain"],
        timeout_s=60,
    ).stdout

    assert "El Torito boot img :   1  BIOS" in told
    assert "El Torito boot img :   2  UEFI" in told


def test_the_image_has_the_system_of_the_iso_and_what_its_recipe_adds_but_no_live_package(
    zorin_iso: StandIn, zorin_plan: BuildPlan, zorin_image: Path
) -> None:
    manifest = read_image(zorin_image).manifest

    names = {package.name for package in manifest.packages}
    assert (manifest.base.system, manifest.base.iso_sha256) == ("zorin", zorin_iso.sha256)
    assert zorin_plan.base.purged
    assert not names & {*zorin_plan.base.purged}
    assert names >= {"dpkg", *(file.name for file in zorin_plan.packages.packages)}


def test_the_kernel_of_the_iso_gets_the_first_stage_that_stayed_on_the_disc(
    zorin_plan: BuildPlan, zorin_image: Path
) -> None:
    assert zorin_plan.base.root is not None
    (version,) = kernels_without_initrd(zorin_plan.base.root)

    listed = (zorin_image / FILES).read_text(encoding="utf-8")

    assert f"  ./boot/initrd.img-{version}\n" in listed


@pytest.mark.vm
@pytest.mark.timeout(3600)
def test_the_image_starts_with_secure_boot_and_answers_every_question(
    zorin_image: Path, tmp_path: Path
) -> None:
    seen = boot_tested(zorin_image, tmp_path, Firmware.UEFI)

    assert [wrong(proof) for proof in seen.proofs] == [[]]
    assert answer(seen.proofs[0], "secure_boot") is CheckResult.PASS
