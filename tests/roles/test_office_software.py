# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The office_software role: what a town hall has, and what a family must not have."""

from __future__ import annotations

from typing import Any

import pytest

from fleet.adapters.ansible import collect_packages
from tests.roles.harness import PROJECT, Chroot


def _packages(codename: str = "trixie", **variables: Any) -> set[str]:
    given = {"package_set_codename": codename, **variables}
    return set(collect_packages(("office_software",), given, project=PROJECT))


def test_a_town_hall_reads_cards_and_mail() -> None:
    names = _packages(office_software_profile="mairie")

    assert {"thunderbird-l10n-fr", "pcscd", "keepassxc", "remmina"} <= names


def test_a_family_has_no_remote_tool() -> None:
    names = _packages(office_software_profile="famille", office_software_screen_time=True)

    assert {"gcompris-qt", "deja-dup", "timekpr-next"} <= names
    assert {name for name in names if name.startswith(("remmina", "veyon", "openssh"))} == set()


def test_mail_is_not_installed_where_it_is_a_snap() -> None:
    assert not any("thunderbird" in name for name in _packages("noble"))


@pytest.mark.root
def test_the_card_reader_waits_for_a_card(chroot: Chroot) -> None:
    socket = "/usr/lib/systemd/system/pcscd.socket"
    chroot.write(socket, "[Socket]\nListenStream=/run/pcscd\n[Install]\nWantedBy=sockets.target\n")

    chroot.apply_twice("office_software")

    enabled = "/etc/systemd/system/sockets.target.wants/pcscd.socket"
    assert chroot.run("test", "-L", enabled, check=False).status == 0
