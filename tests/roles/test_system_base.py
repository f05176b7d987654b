# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What all machines share: sources of packages, refused packages, journal, memory."""

from __future__ import annotations

import pytest

from tests.roles.harness import Chroot

pytestmark = [pytest.mark.root, pytest.mark.slow]
MIRROR = "http://mirror.example/debian"


def test_the_base_is_set_once_and_for_all(chroot: Chroot) -> None:
    given = {"system_base_hostname": "salle-3-poste-12", "system_base_mirror": MIRROR}
    chroot.apply_twice("system_base", given)

    assert chroot.read("/etc/hostname") == "salle-3-poste-12\n"
    assert "127.0.1.1 salle-3-poste-12\n" in chroot.read("/etc/hosts")
    assert "SystemMaxUse=200M" in chroot.read("/etc/systemd/journald.conf.d/parclibre.conf")
    assert not chroot.exists("/etc/apt/sources.list")
    assert chroot.shell("systemctl is-enabled tmp.mount") == "enabled\n"
    chroot.run("systemd-analyze", "verify", "/etc/systemd/system/tmp.mount")


def test_apt_reads_the_sources_and_refuses_the_unwanted(chroot: Chroot) -> None:
    chroot.apply("system_base", {"system_base_unwanted_packages": ["cups-browsed", "tree"]})

    suites = chroot.shell("apt-get indextargets --format '$(RELEASE)' 'Created-By: Packages'")
    assert set(suites.split()) == {"trixie", "trixie-updates", "trixie-security"}
    assert "Candidate: (none)" in chroot.shell("apt-cache policy cups-browsed")
    assert "Candidate: (none)" in chroot.shell("apt-cache policy tree")
    assert "(none)" not in chroot.shell("apt-cache policy less | grep Candidate")


def test_an_unwanted_package_already_there_is_removed(chroot: Chroot) -> None:
    chroot.packages.download(("tree",))
    chroot.shell("apt-get install --yes tree")

    chroot.apply_twice("system_base", {"system_base_unwanted_packages": ["tree", "apport"]})

    assert not chroot.exists("/usr/bin/tree")


def test_the_sources_of_zorin_stay_those_of_its_iso(chroot: Chroot) -> None:
    before = chroot.read("/etc/apt/sources.list")

    chroot.apply("system_base", {"package_set_codename": "noble"})

    assert chroot.read("/etc/apt/sources.list") == before
    assert not chroot.exists("/etc/apt/sources.list.d/debian.sources")


def test_tmp_can_stay_on_the_disk(chroot: Chroot) -> None:
    chroot.apply("system_base")

    chroot.apply_twice("system_base", {"system_base_tmp_in_memory": False})

    assert chroot.shell("systemctl is-enabled tmp.mount || true") == "masked\n"


def test_the_tools_are_installed(chroot: Chroot) -> None:
    chroot.apply_twice("system_base", packages=True)

    chroot.run("sudo", "--version")
    chroot.run("nmcli", "--version")
    assert chroot.shell("systemctl is-enabled NetworkManager systemd-timesyncd") == (
        "enabled\nenabled\n"
    )
