# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""system_updates, as unattended-upgrades, systemd and perl themselves read it."""

from __future__ import annotations

import pytest

from tests.roles.harness import Chroot

pytestmark = [pytest.mark.root, pytest.mark.slow, pytest.mark.timeout(600)]
CALENDAR = "*-*-* 12:15"


def test_a_machine_updates_itself_from_debian_and_its_security(chroot: Chroot) -> None:
    chroot.apply_twice("system_updates", packages=True)

    tried = chroot.run("unattended-upgrade", "--dry-run", "--debug", check=False, timeout_s=300)
    told = tried.stdout + tried.stderr
    settings = chroot.run("apt-config", "dump").stdout
    assert "origin=Debian,codename=trixie-security,label=Debian-Security" in told
    assert "origin=Debian,codename=trixie,label=Debian" in told
    assert 'APT::Periodic::Unattended-Upgrade "1";' in settings
    assert 'Unattended-Upgrade::Automatic-Reboot "false";' in settings
    assert 'Unattended-Upgrade::OnlyOnACPower "true";' in settings
    assert chroot.run("perl", "-c", "/etc/needrestart/conf.d/50-parclibre.conf").status == 0
    assert chroot.run("systemd-analyze", "calendar", CALENDAR).status == 0
    assert f"OnCalendar={CALENDAR}" in chroot.shell("cat /etc/systemd/system/apt-daily-up*/*")
    assert not chroot.exists("/etc/systemd/system/parclibre-flatpak-update.timer")


def test_what_is_chosen_is_what_apt_reads(chroot: Chroot) -> None:
    chosen = {
        "system_updates_scope": "security",
        "system_updates_reboot": True,
        "system_updates_flatpak": True,
        "system_updates_held_packages": ["scratch"],
        "system_updates_origins_added": ["origin=Zorin,codename=noble"],
    }

    chroot.apply_twice("system_updates", {**chosen, "package_set_codename": "noble"})

    settings = chroot.run("apt-config", "dump").stdout
    patterns = [line for line in settings.splitlines() if "Origins-Pattern::" in line]
    assert [line.split('"')[1] for line in patterns] == [
        "origin=Ubuntu,archive=noble-security",
        "origin=Zorin,codename=noble",
    ]
    assert 'Unattended-Upgrade::Automatic-Reboot "true";' in settings
    assert 'Unattended-Upgrade::Package-Blacklist:: "scratch";' in settings
    units = "/etc/systemd/system"
    assert chroot.exists(f"{units}/timers.target.wants/parclibre-flatpak-update.timer")
    chroot.apply_twice("system_updates", {"system_updates_flatpak": False})
    assert not chroot.exists(f"{units}/timers.target.wants/parclibre-flatpak-update.timer")
