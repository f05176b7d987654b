# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``parclibre disk wipe``, typed on real disk files, with a store, without one, and cut short."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.command_line import Typist
from tests.reconditioning.fake_drive import MIB, SECRET, filled


@pytest.fixture
def nobody(tmp_path: Path) -> Typist:
    """A person without a store."""
    return Typist(tmp_path / "no-store")


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    return filled(tmp_path / "essai.img")


def test_a_plan_says_why_and_touches_nothing(nobody: Typist, disk: Path) -> None:
    before = disk.read_bytes()

    said = nobody.types("disk", "wipe", "VJ-0042", disk, "--plan")

    assert said.status == 0
    assert "overwritten with zeros" in said.err
    assert "nothing here reaches it" in said.err
    assert disk.read_bytes() == before


def test_another_number_than_the_machine_s_wipes_nothing(nobody: Typist, disk: Path) -> None:
    typed = nobody.types("disk", "wipe", "VJ-0042", disk, answer="VJ-0043")
    given = nobody.types("disk", "wipe", "VJ-0042", disk, "--confirm", "yes")
    silent = nobody.types("disk", "wipe", "VJ-0042", disk)

    assert (typed.status, given.status, silent.status) == (5, 5, 2)
    assert SECRET in disk.read_bytes()


def test_a_wipe_without_a_number_is_no_command(nobody: Typist, disk: Path) -> None:
    assert nobody.types("disk", "wipe", disk).status == 2
    assert nobody.types("disk", "wipe", " ", disk, "--confirm", " ").status == 5
    assert SECRET in disk.read_bytes()


def test_without_a_store_the_whole_result_goes_to_a_file(
    nobody: Typist, disk: Path, tmp_path: Path
) -> None:
    output = tmp_path / "result.json"

    said = nobody.types("disk", "wipe", "VJ-0042", disk, "--output", output, answer="VJ-0042")

    told = json.loads(output.read_text("utf-8"))
    assert said.status == 0, said.err
    assert "100 %" in said.out
    assert told["wipes"][0]["verified"] is True
    assert told["wipes"][0]["record"]["readback"]["markers_found"] == 0
    assert not any(disk.read_bytes())


def test_a_result_that_could_not_be_kept_is_refused_before_anything(
    nobody: Typist, disk: Path, tmp_path: Path
) -> None:
    output = tmp_path / "nowhere" / "result.json"

    said = nobody.types("disk", "wipe", "VJ-0042", disk, "--output", output, "--confirm", "VJ-0042")

    assert said.status == 2
    assert SECRET in disk.read_bytes()


def test_with_a_store_the_wipe_is_recorded_with_its_certificate(desk: Typist, disk: Path) -> None:
    desk.types("machine", "add", "--tag", "VJ-0042", "--kind", "laptop", "--model", "ThinkPad X270")
    desk.types("disk", "add", "VJ-0042", "--kind", "hdd", "--label", "D-0001", "--size", "8MB")

    unnamed = desk.types("disk", "wipe", "VJ-0042", disk, "--confirm", "VJ-0042")
    strange = desk.types("disk", "wipe", "VJ-0099", disk, "--confirm", "VJ-0099")
    untouched = disk.read_bytes()
    said = desk.types(
        "disk", "wipe", "VJ-0042", disk, "--record-as", "D-0001", "--confirm", "VJ-0042"
    )
    events = desk.types("journal", "show", "--json").out

    assert (unnamed.status, strange.status) == (2, 3)
    assert SECRET in untouched
    assert said.status == 0, said.err
    assert "DiskWiped" in events
    assert "CertificateIssued" in events


def test_a_wipe_that_nobody_could_sign_is_refused_before_anything(desk: Typist, disk: Path) -> None:
    desk.types("machine", "add", "--tag", "VJ-0042", "--kind", "laptop")
    desk.types("disk", "add", "VJ-0042", "--kind", "hdd", "--label", "D-0001", "--size", "8MB")
    del desk.environ["PARCLIBRE_OPERATOR"]
    (desk.home / "session").unlink(missing_ok=True)

    said = desk.types(
        "disk", "wipe", "VJ-0042", disk, "--record-as", "D-0001", "--confirm", "VJ-0042"
    )

    assert said.status == 2
    assert SECRET in disk.read_bytes()


def test_a_wipe_that_is_killed_proves_nothing_and_can_be_done_again(
    nobody: Typist, tmp_path: Path
) -> None:
    disk, output = filled(tmp_path / "big.img", 192 * MIB), tmp_path / "result.json"
    words = ("disk", "wipe", "VJ-0042", disk, "--output", output, "--confirm", "VJ-0042")
    running = subprocess.Popen(
        [sys.executable, "-m", "fleet.cli.main", *map(str, words)],
        env={**os.environ, **nobody.environ}, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert running.stderr is not None

    seen = next(line for line in running.stderr if line.startswith("Planting markers 100"))
    running.kill()
    status = running.wait(timeout=60)
    running.stderr.close()
    left_by_the_cut = output.exists()
    again = nobody.types(*words)

    assert seen
    assert status == -9
    assert not left_by_the_cut
    assert again.status == 0, again.err
    assert json.loads(output.read_text("utf-8"))["wipes"][0]["verified"] is True
    assert not any(disk.read_bytes())
