# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Menu entries started on a virtual screen: a clock, and programs that die."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fleet.adapters.apt import Apt
from fleet.adapters.rootfs import Rootfs, open_rootfs
from fleet.data.boot_checks import launch
from fleet.errors import FleetError
from fleet.services.boot_test_entries import (
    PACKAGES,
    EntryResult,
    add_packages,
    launch_entries,
)
from tests.adapters.conftest import base, debian_apt, shared_folder

__all__ = ["base", "debian_apt", "shared_folder"]

ENTRIES = {
    "clock": "xclock",
    "bad-status": "sh -c 'echo « plus de mémoire » >&2; exit 3'",
    "bad-signal": "sh -c 'kill -SEGV $$'",
    "short": "true",
    "no-program": "no-such-program",
}


@pytest.fixture
def screen(base: Path, debian_apt: Apt, tmp_path: Path) -> Iterator[Rootfs]:
    """A Debian with Xvfb, a clock, and the entries."""
    status = base / "var/lib/dpkg/status"
    wanted = debian_apt.resolve((*PACKAGES, "x11-apps"), installed=status, recommends=False)
    list(debian_apt.download(wanted))
    with open_rootfs([base], tmp_path / "upper", tmp_path / "work") as root:
        add_packages(root, [debian_apt.file_of(package) for package in wanted.packages])
        folder = root.outside / "usr/local/share/applications"
        folder.mkdir(parents=True)
        for name, command in ENTRIES.items():
            text = f"[Desktop Entry]\nType=Application\nName={name}\nExec={command}\n"
            (folder / f"{name}.desktop").write_text(text, encoding="utf-8")
        yield root


@pytest.mark.root
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_each_entry_is_started_and_those_that_crash_are_told(screen: Rootfs) -> None:
    outcomes = {one.entry: one for one in launch_entries(screen, [*ENTRIES, "nowhere"], seconds=6)}

    assert {name: one.result for name, one in outcomes.items()} == {
        "clock": EntryResult.RUNNING,
        "bad-status": EntryResult.CRASHED,
        "bad-signal": EntryResult.CRASHED,
        "short": EntryResult.ENDED,
        "no-program": EntryResult.CRASHED,
        "nowhere": EntryResult.MISSING,
    }
    assert "xclock" in outcomes["clock"].windows
    assert "status 3" in outcomes["bad-status"].said
    assert "plus de mémoire" in outcomes["bad-status"].said
    assert "signal 11" in outcomes["bad-signal"].said
    assert not list((screen.outside / "var/tmp").glob("parclibre-packages"))


@pytest.mark.root
@pytest.mark.slow
def test_a_root_without_a_virtual_screen_is_said_to_lack_it(
    base: Path,
    tmp_path: Path,
) -> None:
    with (
        open_rootfs([base], tmp_path / "upper", tmp_path / "work") as root,
        pytest.raises(FleetError, match="Xvfb"),
    ):
        list(launch_entries(root, ["clock"], seconds=1))


def test_only_the_windows_that_a_person_sees_are_told() -> None:
    tree = (
        "xwininfo: Window id: 0x4f9 (the root window) (has no name)\n"
        '     0x600003 "Qt Selection Owner for kbruch": ("kbruch" "kbruch")  3x3+0+0  +0+0\n'
        '     0x400001 "galculator": ("galculator" "Galculator")  10x10+10+10  +10+10\n'
        '     0x600007 "KBruch": ("kbruch" "kbruch")  800x600+0+0  +0+0\n'
        "     0x40000a (has no name): ()  1x1+-1+-1  +-1+-1\n"
    )

    assert launch.titles_of(tree) == ["KBruch"]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("gcompris-qt %F", ["gcompris-qt"]),
        ('sh -c "echo 100%% sûr" %u', ["sh", "-c", "echo 100% sûr"]),
        ("env LANG=fr tuxpaint --nosound", ["env", "LANG=fr", "tuxpaint", "--nosound"]),
    ],
)
def test_the_command_of_an_entry_has_no_place_for_files(
    line: str, words: list[str], tmp_path: Path
) -> None:
    entry = tmp_path / "x.desktop"
    entry.write_text(f"[Desktop Entry]\nExec={line}\n[Desktop Action new]\nExec=other\n")

    assert launch.command_of(entry) == words
