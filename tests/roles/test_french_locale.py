# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The system speaks French, and an upgrade does not make it forget."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.roles.harness import Chroot, made_layer

pytestmark = [pytest.mark.root, pytest.mark.slow, pytest.mark.xdist_group("french_locale")]

RECONFIGURE = "dpkg-reconfigure --frontend noninteractive locales keyboard-configuration tzdata"


@pytest.fixture(scope="module")
def below(role_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, ...]]:
    """A Debian on which the role was played twice."""

    def play(fresh: Chroot) -> None:
        fresh.apply_twice("french_locale", packages=True)

    with made_layer(role_cache, tmp_path_factory.mktemp("french"), play) as layer:
        yield layer


def test_language_keyboard_time_and_paper_are_french(chroot: Chroot) -> None:
    assert chroot.shell("unset LC_ALL; . /etc/default/locale; export LANG; locale -k LC_TIME") != ""
    assert "fr_FR.utf8" in chroot.shell("locale --all-locales").split()
    french = "unset LC_ALL; . /etc/default/locale; export LANG; TZ=Europe/Paris"
    assert chroot.shell(f"{french} date --date @1700000000 '+%A %H h'") == "mardi 23 h\n"
    assert chroot.shell("readlink /etc/localtime") == "/usr/share/zoneinfo/Europe/Paris\n"
    assert chroot.shell("env -u LC_ALL paperconf") == "a4\n"
    assert chroot.shell("echo bonjuor | aspell --lang=fr --encoding=utf-8 list") == "bonjuor\n"


def test_the_console_keymap_is_the_keyboards(chroot: Chroot) -> None:
    azerty = chroot.shell("zcat /etc/console-setup/cached_UTF-8_del.kmap.gz | md5sum")

    chroot.apply("french_locale", {"french_locale_keyboard_variant": "bepo"}, packages=True)

    assert chroot.shell("zcat /etc/console-setup/cached_UTF-8_del.kmap.gz | md5sum") != azerty
    assert 'XKBVARIANT="bepo"' in chroot.read("/etc/default/keyboard")


def test_an_upgrade_of_the_packages_keeps_the_settings(chroot: Chroot) -> None:
    given = {"french_locale_timezone": "Indian/Reunion", "french_locale_console_font_size": "16x32"}
    chroot.apply("french_locale", given, packages=True)
    kept = "cat /etc/default/locale; grep ^XKB /etc/default/keyboard; readlink -f /etc/localtime"
    before = chroot.shell(kept)

    chroot.shell(RECONFIGURE)

    assert chroot.shell(kept) == before
    assert "fr_FR.utf8" in chroot.shell("locale --all-locales").split()


def test_a_second_language_is_made_ready_too(chroot: Chroot) -> None:
    chroot.apply_twice("french_locale", {"french_locale_generated": ["en_GB.UTF-8"]}, packages=True)

    assert {"fr_FR.utf8", "en_GB.utf8"} <= set(chroot.shell("locale --all-locales").split())
