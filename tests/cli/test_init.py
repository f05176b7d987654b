# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``init``, ``doctor`` and ``collect`` on this computer."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from fleet.services import doctor
from tests.cli.command_line import Typist


@pytest.fixture
def person(tmp_path: Path) -> Typist:
    return Typist(tmp_path / "home")


def test_a_store_is_made_once(person: Typist) -> None:
    first, second = person.types("init"), person.types("init")

    assert (first.status, second.status) == (0, 2)
    assert first.out.strip() == str(person.home)
    assert str(person.home) in second.err


def test_every_command_before_init_says_how_to_make_the_store(person: Typist) -> None:
    said = person.types("inbox", "list")

    assert said.status == 3
    assert "parclibre init" in said.err
    assert not person.home.exists()


def test_the_town_s_name_labels_this_installation(person: Typist) -> None:
    person.types("init", "--name", "Sainte-Colombe")

    (ours,) = person.types("replica", "list", "--json").json["replicas"]

    assert ours["label"] == "Sainte-Colombe"


def test_the_example_town_is_filled_with_a_bar_on_a_terminal(person: Typist) -> None:
    said = person.types("init", "--example", answer="")

    assert said.status == 0
    assert "#" in said.err
    assert person.types("machine", "list", "--json").json["total"] == 120


def test_the_console_s_needs_are_met_where_tests_run(person: Typist) -> None:
    said = person.types("doctor", "--json")

    tasks = {task["code"]: task for task in said.json["tasks"]}
    assert said.status == 0
    assert tasks["console"]["possible"]
    assert {"collector", "labels", "postgresql", "image", "install", "rooms", "bench"} <= set(tasks)


def test_what_is_missing_comes_with_the_command_that_installs_it(
    person: Typist, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("fleet.adapters.process._SYSTEM_PATH", str(tmp_path))

    tasks = {task.code: task for task in doctor.examine()}

    smartctl = next(need for need in tasks["collector"].needs if need.name == "smartctl")
    assert smartctl.found is None
    assert smartctl.install.endswith("apt-get install smartmontools")
    assert not tasks["collector"].possible
    assert "apt-get install smartmontools" in person.types("doctor").out


def test_one_task_is_examined_alone_and_decides_the_status(
    person: Typist, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("fleet.adapters.process._SYSTEM_PATH", str(tmp_path))

    said = person.types("doctor", "image", "--json")

    assert [task["code"] for task in said.json["tasks"]] == ["image"]
    assert said.status == 9


def test_installing_names_a_task(person: Typist) -> None:
    said = person.types("doctor", "--install")

    assert said.status == 2
    assert "image" in said.err


def test_what_a_task_lacks_is_installed_by_its_command(tmp_path: Path) -> None:
    made = tmp_path / "made"
    need = doctor.Need(name="made", found=None, install=f"touch {made}")

    doctor.install(doctor.Task(code="x", title="x", needs=(need,)))

    assert made.exists()


def test_a_program_that_hangs_or_fails_does_not_stop_the_doctor(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, body in (("lsblk", "sleep 60"), ("lscpu", "exit 3"), ("nvme", "echo nvme 2.3")):
        script = tmp_path / name
        script.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
        script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(doctor, "LONGEST_S", 0.2)

    found = {need.name: need.found for task in doctor.examine() for need in task.needs}

    assert found["lsblk"] == str(tmp_path / "lsblk")
    assert found["lscpu"] == str(tmp_path / "lscpu")
    assert found["nvme"] == "2.3"


@pytest.mark.skipif(shutil.which("lscpu") is None, reason="needs lscpu: apt-get install util-linux")
def test_this_computer_is_collected_into_a_file_that_report_read_understands(
    person: Typist, tmp_path: Path
) -> None:
    path = tmp_path / "rapport.json"

    said = person.types("collect", "--output", path)

    assert said.status == 0
    assert json.loads(path.read_text(encoding="utf-8"))["format"] == "parclibre-report"
    (report,) = person.types("report", "read", path, "--json").json
    assert report["cpu"]["threads"]
