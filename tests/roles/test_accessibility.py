# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The accessibility role: tools offered from the login screen on."""

from __future__ import annotations

from typing import Any

import pytest

from fleet.adapters.ansible import collect_packages
from tests.roles.harness import PROJECT, Chroot, RoleFailed

_GREETER = "/etc/lightdm/lightdm-gtk-greeter.conf.d/60-parclibre-accessibility.conf"


def _packages(codename: str = "trixie", **variables: Any) -> set[str]:
    given = {"package_set_codename": codename, **variables}
    return set(collect_packages(("accessibility",), given, project=PROJECT))


def test_only_free_voices_come_by_default() -> None:
    free = _packages()

    assert {"orca", "espeak-ng", "fonts-opendyslexic", "brltty"} <= free
    assert not any("mbrola" in name for name in free)
    assert "mbrola-fr1" in _packages(accessibility_mbrola=True)


def test_a_font_that_a_release_has_not_is_left_out() -> None:
    assert "fonts-atkinson-hyperlegible" in _packages("trixie")
    assert "fonts-atkinson-hyperlegible" not in _packages("bookworm")


@pytest.mark.root
def test_the_login_screen_offers_the_reader_and_the_keyboard(chroot: Chroot) -> None:
    chroot.apply_twice("accessibility")

    greeter = chroot.read(_GREETER)
    assert "keyboard=onboard" in greeter
    assert "reader=orca" in greeter
    assert 'DefaultLanguage "fr"' in chroot.read("/etc/speech-dispatcher/clients/parclibre.conf")
    assert "toolkit-accessibility=true" in chroot.read(
        "/etc/dconf/db/local.d/60-parclibre-accessibility"
    )
    assert chroot.mode("/usr/lib/parclibre/toggle") == "0755 root:root"

    # Without the keyboard, the login screen no longer offers it.
    chroot.apply("accessibility", {"accessibility_screen_keyboard": False})
    assert "keyboard=onboard" not in chroot.read(_GREETER)


@pytest.mark.root
def test_a_voice_too_fast_is_refused(chroot: Chroot) -> None:
    with pytest.raises(RoleFailed, match="between -100 and 100"):
        chroot.apply("accessibility", {"accessibility_voice_rate": 300})
