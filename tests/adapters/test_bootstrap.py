# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The minimal Debian and packages installed in it: complete, offline, and harmless to the host."""

from __future__ import annotations

from pathlib import Path

import pytest

from fleet.adapters import process
from fleet.adapters.apt import Apt, open_apt
from fleet.adapters.apt_install import install, install_binds
from fleet.adapters.bootstrap import bootstrap
from fleet.adapters.rootfs import open_rootfs, open_view, private_host
from fleet.adapters.squashfs import pack
from fleet.errors import FleetError
from fleet.services.image_cleaning import clean
from tests.adapters.host_state import unchanged_host
from tests.adapters.tiny_archive import TinyArchive

pytestmark = [pytest.mark.root, pytest.mark.slow, pytest.mark.timeout(400)]

_EPOCH = 1_790_000_000
# What a careless package does; each line tells whether it could.
_CARELESS = """
sysctl -w vm.swappiness=11 && echo swappiness-set
invoke-rc.d tool start; start-stop-daemon --start --exec /bin/sh -- -c 'sleep 600' &
date > /var/log/tool.log
exit 0
"""


@pytest.fixture
def tiny_apt(archive: TinyArchive, tmp_path: Path) -> Apt:
    """An APT with a careless package, and one whose script fails."""
    archive.add("tool", depends="tool-data", postinst=_CARELESS)
    archive.add("tool-data")
    archive.add("broken", postinst="echo the reason >&2; exit 7")
    archive.publish()
    apt = open_apt(tmp_path / "cache", [archive.source])
    apt.refresh()
    return apt


def _layer(base: Path, apt: Apt, folder: Path, *names: str) -> Path:
    """Install packages, clean, and return the packed result."""
    installed = base / "var/lib/dpkg/status"
    wanted = apt.resolve(names, installed=installed)
    list(apt.download(wanted))
    upper, work, cleaned = folder / "upper", folder / "work", folder / "cleaned"
    binds = install_binds(apt)
    with open_rootfs([base], upper, work, binds=binds, epoch=_EPOCH) as rootfs:
        list(install(rootfs, wanted, names, log=folder / "log"))
        said = rootfs.run(["apt-mark", "showmanual", "tool", "tool-data"], timeout_s=20).stdout
        assert said.split() == ["tool"]
    with open_view([upper, base], upper=cleaned, work=work) as writable:
        clean(writable.outside, _EPOCH)
    with open_view([cleaned, upper, base]) as view:
        list(pack(view, folder / "image.squashfs", epoch=_EPOCH, level=1))
    return folder / "image.squashfs"


def test_base_is_whole_and_says_nothing_of_where_it_was_made(base: Path) -> None:
    assert (base / "usr/bin/python3").exists()
    assert not list((base / "var/cache/apt/archives").glob("*.deb"))
    assert not list((base / "proc").iterdir())
    for absent in ("etc/resolv.conf", "etc/hostname", "etc/apt/apt.conf.d/99mmdebstrap"):
        assert not (base / absent).exists()
    assert not list(base.parent.glob("base.part*"))


def test_private_host_cannot_set_the_kernel(tmp_path: Path) -> None:
    written, scratch = tmp_path / "written", tmp_path / "scratch"
    scratch.mkdir()

    with unchanged_host(), private_host(written, scratch) as private:
        write = ["sh", "-c", "echo 11 > /proc/sys/vm/swappiness"]
        done = process.run([*private.enter, *write], timeout_s=5, check=False)
        interfaces = process.run([*private.enter, "cat", "/proc/net/dev"], timeout_s=5).stdout

    assert "Read-only" in done.stderr
    assert len(interfaces.splitlines()) == 3


def test_same_packages_give_the_same_image_and_the_host_does_not_notice(
    base: Path, tiny_apt: Apt, tmp_path: Path
) -> None:
    with unchanged_host():
        images = [_layer(base, tiny_apt, tmp_path / name, "tool") for name in ("one", "two")]

    assert "swappiness-set" not in (tmp_path / "one/log").read_text()
    assert images[0].read_bytes() == images[1].read_bytes()


def test_failing_script_is_told_and_its_words_are_in_the_log(
    base: Path, tiny_apt: Apt, tmp_path: Path
) -> None:
    wanted = tiny_apt.resolve(["broken"], installed=base / "var/lib/dpkg/status")
    list(tiny_apt.download(wanted))
    folders = (tmp_path / "upper", tmp_path / "work")

    opened = open_rootfs([base], *folders, binds=install_binds(tiny_apt))
    with opened as rootfs, pytest.raises(FleetError, match="broken"):
        list(install(rootfs, wanted, ["broken"], log=tmp_path / "log"))

    assert "the reason" in (tmp_path / "log").read_text()


def test_base_that_cannot_be_made_leaves_nothing(tiny_apt: Apt, tmp_path: Path) -> None:
    target = tmp_path / "made" / "base"

    with unchanged_host(), pytest.raises(FleetError, match="cannot be made"):
        list(bootstrap(tiny_apt, target, suite="tiny", epoch=_EPOCH))

    assert not list(target.parent.iterdir())
