# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""live_system: what it carries runs, its first screen converses, internal disks stay alone."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.roles.harness import Chroot
from tests.roles.terminal import talk

FILES = Path(__file__).parent.parent.parent / "roles" / "live_system" / "files"
DOOR = "/usr/lib/parclibre/live-door"
STICK: dict[str, Any] = {
    "path": "/dev/sdb", "type": "disk", "rm": True, "tran": "usb", "fstype": None, "label": None,
    "model": "Cle", "size": 16_000_000_000, "ro": False,
    "children": [
        {"path": "/dev/sdb1", "fstype": "vfat", "label": "PARC", "size": 15_000_000_000},
        {"path": "/dev/sdb2", "fstype": "swap", "label": None, "size": 1_000_000_000},
    ],
}  # fmt: skip
INTERNAL: dict[str, Any] = {
    "path": "/dev/sda", "type": "disk", "rm": False, "tran": "sata", "fstype": None, "label": None,
    "model": "WD Blue ", "size": 500_000_000_000, "ro": False,
    "children": [{"path": "/dev/sda1", "fstype": "ext4", "label": "home", "size": 5}],
}  # fmt: skip


@pytest.fixture
def door(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The first screen, as a module."""
    monkeypatch.syspath_prepend(FILES)
    return importlib.import_module("live_door")


@pytest.fixture
def stick(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """What mounts the key, as a module."""
    monkeypatch.syspath_prepend(FILES)
    return importlib.import_module("live_stick")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("boot=live quiet parclibre.door=deploy", "deploy"),
        ("parclibre.door=recondition", "recondition"),
        ("parclibre.door=rescue", "rescue"),
        ("boot=live", "rescue"),
        ("parclibre.door=garage", "rescue"),
        ("xparclibre.door=deploy", "rescue"),
        ("parclibre.door=rescue parclibre.door=deploy", "deploy"),
    ],
)
def test_the_kernel_s_words_name_the_door(door: ModuleType, words: str, expected: str) -> None:
    assert door.read_door(words) == expected


@pytest.mark.parametrize(
    ("width", "height", "large"),
    [(1024, 768, False), (1280, 720, False), (1280, 800, True), (1366, 768, True),
     (3840, 2160, True)],
)  # fmt: skip
def test_letters_are_large_where_80_by_24_of_them_fit(
    door: ModuleType, width: int, height: int, large: bool
) -> None:
    assert door.fits_large(width, height) is large


def test_only_sticks_are_written_to(door: ModuleType) -> None:
    volumes = door.volumes_of([INTERNAL, STICK])
    disks = door.disks_of([INTERNAL, STICK])

    assert [volume.path for volume in volumes] == ["/dev/sdb1"]
    assert str(volumes[0]) == "PARC (/dev/sdb1, 15 Go)"
    assert [disk.path for disk in disks] == ["/dev/sda"]
    assert str(disks[0]) == "WD Blue (/dev/sda, 500 Go)"


def test_the_images_of_a_stick_are_found(door: ModuleType, tmp_path: Path) -> None:
    for name in ("images/ecole-20261122-cafe", "parclibre/images/famille-20261122-beef", "autre"):
        (tmp_path / name).mkdir(parents=True)
    for manifest in ("images/ecole-20261122-cafe", "parclibre/images/famille-20261122-beef"):
        (tmp_path / manifest / "manifest.json").touch()

    found = door.images_in(tmp_path)

    assert {path.name for path in found} == {"ecole-20261122-cafe", "famille-20261122-beef"}


def test_the_archive_of_parclibre_depends_on_its_contents_alone(tmp_path: Path) -> None:
    packed = [tmp_path / "one.tar", tmp_path / "two.tar"]

    for target in packed:
        program = (sys.executable, FILES / "pack_source.py", target)
        subprocess.run(program, check=True)

    assert packed[0].read_bytes() == packed[1].read_bytes()
    names = subprocess.run(["tar", "tf", packed[0]], capture_output=True, text=True, check=True)
    assert "fleet/cli/main.py" in names.stdout
    assert "tui/app.py" in names.stdout
    assert "textual/app.py" in names.stdout
    assert "textual-" in names.stdout and "LICENSE" in names.stdout
    assert "__pycache__" not in names.stdout


def test_the_key_mounts_its_own_partitions_and_never_a_disk_s(stick: ModuleType) -> None:
    own = key_at("/dev/sdb", usb=True)
    other = key_at("/dev/sdc", usb=True)
    inside = key_at("/dev/sda", usb=False)

    from_key = stick.chosen([inside, other, own], "/dev/sdb3")
    from_disc = stick.chosen([inside, other], "/dev/sr0")
    alone = stick.chosen([inside], "/dev/sr0")

    assert from_key == {"PARCLIBRE": "/dev/sdb1", "PARCLIBRE-DATA": "/dev/sdb4"}
    assert from_disc == {"PARCLIBRE": "/dev/sdc1", "PARCLIBRE-DATA": "/dev/sdc4"}
    assert alone == {}


def key_at(path: str, *, usb: bool) -> dict[str, Any]:
    labels = (
        ("vfat", "PARCLIBRE"),
        (None, None),
        ("vfat", "PARC-BOOT"),
        ("ext4", "PARCLIBRE-DATA"),
    )
    parts = [
        {"path": f"{path}{number}", "fstype": fstype, "label": label}
        for number, (fstype, label) in enumerate(labels, start=1)
    ]
    tran = "usb" if usb else "sata"
    return {"path": path, "rm": False, "tran": tran, "ro": False, "fstype": None, "label": None,
            "children": parts}  # fmt: skip


@pytest.mark.parametrize(
    ("now", "absurd"),
    [("2009-01-01", True), ("2026-11-20", True), ("2026-11-22", False), ("2030-01-01", False),
     ("2037-01-01", True)],
)  # fmt: skip
def test_a_clock_that_cannot_be_right_is_noticed(
    door: ModuleType, tmp_path: Path, now: str, absurd: bool
) -> None:
    built = tmp_path / "built-at"
    built.write_text("2026-11-22T08:00:00Z\n")

    moment = datetime.fromisoformat(f"{now}T12:00:00+00:00")

    assert door.is_absurd(moment, door.read_built(built)) is absurd


@pytest.mark.parametrize(
    ("day", "hour", "expected"),
    [
        ("22/11/2026", "14:05", (2026, 11, 22, 14, 5)),
        ("éé:&&:éàé-", "&':à(", (2026, 11, 22, 14, 5)),
        ("22-11-2026", "14h05", (2026, 11, 22, 14, 5)),
        ("31/02/2026", "14:05", None),
        ("demain", "14:05", None),
        ("", "", None),
    ],
)
def test_a_typed_date_is_read_with_or_without_the_shift_key(
    door: ModuleType, day: str, hour: str, expected: tuple[int, ...] | None
) -> None:
    moment = door.read_moment(day, hour)

    read = (moment.year, moment.month, moment.day, moment.hour, moment.minute) if moment else None
    assert read == expected


@pytest.mark.root
@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_live_system_carries_parclibre_and_leaves_disks_alone(chroot: Chroot) -> None:
    chroot.apply_twice("live_system", {"live_system_door": "recondition"}, packages=True)

    generator = "/etc/systemd/system-generators/systemd-gpt-auto-generator"
    report = "/tmp/report.json"
    assert chroot.run("parclibre", "--version").stdout.startswith("ParcLibre ")
    assert "--disk" in chroot.run("parclibre", "install", "--help").stdout
    assert chroot.run("/usr/lib/parclibre/parclibre-collect", "--output", report).status == 0
    assert json.loads(chroot.read(report))["format"] == "parclibre-report"
    assert chroot.shell(f"readlink {generator}") == "/dev/null\n"
    assert chroot.shell("readlink /etc/systemd/system/swap.target") == "/dev/null\n"
    assert "parclibre.door=recondition" in chroot.read("/usr/lib/parclibre/live-cmdline")
    assert chroot.exists("/usr/share/consolefonts/Lat15-TerminusBold32x16.psf.gz")
    assert chroot.exists("/usr/share/initramfs-tools/hooks/live")


@pytest.mark.root
def test_a_door_that_closes_leads_to_the_rescue_menu(chroot: Chroot) -> None:
    chroot.write("/tmp/cmdline", "boot=live parclibre.door=deploy\n")
    chroot.write("/usr/local/bin/parclibre", '#!/bin/sh\necho "parclibre $*"; exit 3\n')
    chroot.run("chmod", "0755", "/usr/local/bin/parclibre")
    program = (FILES / "live_door.py").read_text(encoding="utf-8")
    chroot.write(DOOR, program)
    words = ["python3", DOOR, "--command-line", "/tmp/cmdline"]

    said = talk([*chroot.rootfs.enter, *words], ["&", "7", "_", "à", "", "\x04"])

    assert "Rien n’est écrit sur les disques" in said
    assert "parclibre live deploy" in said
    assert "tout sera oublié à l’extinction" in said
    assert "Voici le menu de dépannage" in said
    assert "Que voulez-vous faire ?" in said
    assert 'XKBLAYOUT="fr"' in chroot.read("/etc/default/keyboard")
