# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Packages and licences read from a root filesystem that may point outside of itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from fleet.errors import BadInput
from fleet.services.images_inside import inside, plain_file
from fleet.services.images_packages import copyrights_of, packages_of

DEP5 = "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\nLicense: {}\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Packages whose copyright files are a file, two kinds of links, and a way out."""
    root = tmp_path / "root"
    names = ("own", "linked-folder", "linked-file", "absolute", "escaping", "silent")
    status = "\n".join(
        f"Package: {name}\nStatus: install ok installed\nVersion: 1\nArchitecture: all\n"
        for name in names
    )
    papers = root / "usr" / "share" / "doc"
    papers.mkdir(parents=True)
    (root / "var/lib/dpkg").mkdir(parents=True)
    (root / "var/lib/dpkg/status").write_text(status)
    for name in ("own", "linked-file", "escaping", "absolute"):
        (papers / name).mkdir()
    (papers / "own" / "copyright").write_text(DEP5.format("MIT"))
    (papers / "linked-folder").symlink_to("own")
    (papers / "linked-file" / "copyright").symlink_to("../own/copyright")
    (papers / "absolute" / "copyright").symlink_to("/usr/share/doc/own/copyright")
    (tmp_path / "secret").write_text(DEP5.format("SECRET"))
    (papers / "escaping" / "copyright").symlink_to("../../../../../secret")
    return root


def test_links_between_documentations_are_followed_and_no_other(root: Path) -> None:
    found = copyrights_of(root, packages_of(root))

    assert {name: one.licences for name, one in found.items()} == {
        "own": ("MIT",),
        "linked-folder": ("MIT",),
        "linked-file": ("MIT",),
        "absolute": ("MIT",),
    }


def test_a_folder_that_is_no_debian_system_is_bad_input(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="var/lib/dpkg/status"):
        packages_of(tmp_path)


def test_paths_inside_a_root_never_leave_it(tmp_path: Path) -> None:
    root = tmp_path / "root"
    (root / "usr/bin").mkdir(parents=True)
    (root / "bin").symlink_to("/usr/bin")
    (root / "up").symlink_to("../../../..")
    (root / "loop").symlink_to("loop")

    found = [inside(root, name) for name in ("bin/sh", "up/etc/shadow", "/usr/../../x")]

    assert found == [root / "usr/bin/sh", root / "etc/shadow", root / "x"]
    assert plain_file(root, "loop") is None
