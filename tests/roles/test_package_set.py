# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role through which all others install packages."""

from __future__ import annotations

import pytest

from tests.roles.harness import Chroot, RoleFailed

pytestmark = pytest.mark.root


def test_packages_are_installed_once_and_for_all(chroot: Chroot) -> None:
    chroot.packages.download(("tree",))
    wanted = {"package_set_names": ["tree"], "package_set_mode": "install"}

    first = chroot.apply("package_set", wanted)
    second = chroot.apply("package_set", wanted)

    assert first.changed_tasks == ("package_set: Install the packages in one transaction",)
    assert second.changed == 0
    assert chroot.run("tree", "--version").status == 0


def test_an_unknown_package_is_named_in_the_failure(chroot: Chroot) -> None:
    wanted = {
        "package_set_names": ["no-such-package"],
        "package_set_mode": "install",
        "package_set_tries": 1,
    }

    with pytest.raises(RoleFailed, match="no-such-package"):
        chroot.apply("package_set", wanted)
