# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The school_software role: what each cycle has, class control, Flatpak applications."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fleet.adapters.ansible import collect_packages
from tests.roles.harness import PROJECT, Chroot, RoleFailed

_KEY = "-----BEGIN PUBLIC KEY-----\nMIIBIjANBg==\n-----END PUBLIC KEY-----\n"


def _packages(codename: str = "trixie", **variables: Any) -> set[str]:
    given = {"package_set_codename": codename, **variables}
    return set(collect_packages(("school_software",), given, project=PROJECT))


def test_each_cycle_has_its_software_and_cycles_add_up() -> None:
    nursery = _packages(school_software_cycles=[1])
    both = _packages(school_software_cycles=[1, 4])

    assert {"gcompris-qt", "bambam", "fonts-ecolier-court"} <= nursery
    assert "geany" not in nursery
    assert nursery | {"geany", "kig"} <= both


def test_a_teacher_has_the_board_and_a_pupil_only_the_service() -> None:
    teacher = _packages(school_software_machine="teacher")
    pupil = _packages(school_software_machine="pupil")

    assert {"openboard", "veyon-master"} <= teacher
    assert {"openboard", "veyon-master"} & pupil == set()
    assert "veyon-service" in pupil


def test_a_town_adds_and_removes_software() -> None:
    chosen = _packages(
        school_software_packages_added=["krita"], school_software_packages_removed=["tuxpaint"]
    )

    assert "krita" in chosen
    assert "tuxpaint" not in chosen


@pytest.mark.root
def test_class_control_starts_only_with_the_teachers_key(chroot: Chroot, tmp_path: Path) -> None:
    key = tmp_path / "teachers.pem"
    key.write_text(_KEY, encoding="ascii")
    unit = "/usr/lib/systemd/system/veyon.service"
    chroot.write(unit, "[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\n")
    wanted = "/etc/systemd/system/multi-user.target.wants/veyon.service"

    chroot.apply_twice("school_software", {"school_software_veyon_public_key": str(key)})

    assert chroot.read("/etc/veyon/keys/public/enseignant/key") == _KEY
    assert chroot.run("test", "-L", wanted, check=False).status == 0

    chroot.apply_twice("school_software")
    assert not chroot.exists("/etc/veyon/keys/public/enseignant")
    assert chroot.run("test", "-L", wanted, check=False).status == 1


@pytest.mark.root
def test_allowed_flatpaks_wait_for_the_first_boot(chroot: Chroot, tmp_path: Path) -> None:
    remote = tmp_path / "depot.flatpakrepo"
    remote.write_text("[Flatpak Repo]\nUrl=https://x.example/\nGPGKey=AA==\n", encoding="ascii")
    given = {
        "school_software_flatpaks": ["edu.mit.Scratch"],
        "school_software_flatpak_remote_file": str(remote),
    }
    unit = "/etc/systemd/system/parclibre-flatpaks.service"

    chroot.apply_twice("school_software", given)

    assert chroot.read("/etc/parclibre/flatpaks.list") == "edu.mit.Scratch\n"
    assert "--noninteractive flathub" in chroot.read(unit)
    verify = chroot.run("systemd-analyze", "verify", "--man=no", unit, check=False)
    assert "Unknown" not in verify.stderr, verify.stderr

    chroot.apply_twice("school_software")
    assert not chroot.exists(unit)
    assert not chroot.exists("/etc/flatpak/remotes.d/flathub.flatpakrepo")


@pytest.mark.root
def test_every_bad_value_is_said_at_once(chroot: Chroot, tmp_path: Path) -> None:
    private = tmp_path / "private.pem"
    private.write_text("-----BEGIN PRIVATE KEY-----\n", encoding="ascii")

    with pytest.raises(RoleFailed) as refused:
        chroot.apply(
            "school_software",
            {
                "school_software_cycles": [2, 7],
                "school_software_veyon_public_key": str(private),
                "school_software_flatpaks": ["scratch"],
            },
        )

    for words in ("7 is not a cycle", "never enters an image", "scratch is not", "remote_file"):
        assert words in str(refused.value)
