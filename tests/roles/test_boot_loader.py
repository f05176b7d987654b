# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kernel, its first stage and GRUB are ready for the installer, without a disk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.roles.harness import Chroot, open_chroot

pytestmark = [pytest.mark.root, pytest.mark.slow, pytest.mark.xdist_group("boot_loader")]

VIRTUAL = {"boot_loader_kernel": "cloud", "boot_loader_initramfs": "list"}
# The BIOS boot partition has a megabyte.
_CORE_AT_MOST = 1024 * 1024


@pytest.fixture(scope="module")
def bootable(role_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chroot]:
    """A Debian on which the role was applied twice."""
    with open_chroot(role_cache, tmp_path_factory.mktemp("boot")) as chroot:
        chroot.apply_twice("boot_loader", VIRTUAL, packages=True)
        yield chroot


def test_the_boot_files_for_a_bios_are_there(bootable: Chroot) -> None:
    folder = "/usr/lib/parclibre/boot"

    assert bootable.shell(f"stat --format %s {folder}/boot.img") == "512\n"
    assert 30_000 < int(bootable.shell(f"stat --format %s {folder}/core.img")) < _CORE_AT_MOST
    assert bootable.exists("/boot/grub/i386-pc/normal.mod")


def test_the_signed_chain_for_uefi_is_there(bootable: Chroot) -> None:
    assert bootable.exists("/usr/lib/shim/shimx64.efi.signed")
    assert bootable.exists("/usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed")


def test_the_first_stage_holds_the_common_disks_and_no_resume(bootable: Chroot) -> None:
    listed = bootable.shell("lsinitramfs /boot/initrd.img-*")

    # The kernel of virtual machines has nvme and ext4 built in.
    for driver in ("ahci", "sd_mod", "virtio_blk"):
        assert f"/{driver}.ko" in listed, driver
    assert bootable.read("/etc/initramfs-tools/conf.d/resume").endswith("RESUME=none\n")


def test_grub_hears_its_settings(bootable: Chroot) -> None:
    shown = (
        "for f in /etc/default/grub /etc/default/grub.d/*.cfg; do . $f; done; echo $GRUB_TIMEOUT"
    )

    assert bootable.shell(f"{shown} $GRUB_CMDLINE_LINUX_DEFAULT $GRUB_DISTRIBUTOR") == (
        "2 quiet Debian\n"
    )


def test_a_serial_console_is_for_the_kernel_and_for_grub(bootable: Chroot) -> None:
    bootable.apply("boot_loader", {**VIRTUAL, "boot_loader_serial_console": True})

    written = bootable.read("/etc/default/grub.d/parclibre.cfg")
    assert 'GRUB_CMDLINE_LINUX="console=tty0 console=ttyS0,115200n8"' in written
    assert 'GRUB_TERMINAL="console serial"' in written


def test_an_upgrade_of_grub_asks_nothing_and_renews_the_fallback(bootable: Chroot) -> None:
    bootable.shell("dpkg-reconfigure --frontend noninteractive grub-efi-amd64")

    answers = bootable.shell("debconf-show grub-efi-amd64")
    assert "* grub2/force_efi_extra_removable: true" in answers
    assert "* grub2/update_nvram: false" in answers


def test_boot_files_of_a_machine_in_service_stay_as_they_are(bootable: Chroot) -> None:
    core = "/usr/lib/parclibre/boot/core.img"
    bootable.shell(f"printf old > {core}; printf old > /boot/grub/i386-pc/normal.mod")

    bootable.apply("boot_loader", VIRTUAL)

    assert bootable.read(core) == "old"
    assert bootable.read("/boot/grub/i386-pc/normal.mod") == "old"
