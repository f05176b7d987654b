# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Firmware by kind of hardware, under the names that each release gives it."""

from __future__ import annotations

import pytest

from fleet.adapters.ansible import collect_packages
from tests.roles.harness import PROJECT, Chroot


def _collected(codename: str, **variables: object) -> tuple[str, ...]:
    given = {"package_set_codename": codename, **variables}
    return collect_packages(["firmware"], given, project=PROJECT)


def test_names_follow_the_release() -> None:
    assert "firmware-intel-graphics" in _collected("trixie")
    assert "firmware-intel-graphics" not in _collected("bookworm")
    assert "firmware-iwlwifi" in _collected("bookworm")
    assert _collected("noble") == (
        "amd64-microcode", "firmware-sof-signed", "intel-microcode", "linux-firmware",
    )  # fmt: skip


def test_only_the_groups_asked_for_are_installed() -> None:
    assert _collected("trixie", firmware_groups=[]) == ()
    assert _collected("trixie", firmware_groups=["processor"], firmware_extra_packages=["f"]) == (
        "amd64-microcode", "f", "intel-microcode",
    )  # fmt: skip


@pytest.mark.root
@pytest.mark.slow
def test_firmware_of_the_network_cards_is_installed(chroot: Chroot) -> None:
    chroot.apply_twice("firmware", {"firmware_groups": ["network"]}, packages=True)

    assert chroot.exists("/usr/lib/firmware/rtl_nic/rtl8168h-2.fw")
