# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The disk of a boot test: a sparse file that the real installer fills, as it fills a machine's."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from fleet.i18n import _
from fleet.model.image import StoredImage
from fleet.model.install_plan import HomePlace, InstallOptions, Role
from fleet.services.boot_test_events import BootEvent, DiskStep
from fleet.services.boot_test_parts import InstalledDisk
from fleet.services.installer import install, plan_install
from fleet.services.installer_events import (
    BootFilesWritten,
    Installed,
    InstallEvent,
    PartitionsMade,
    ReadBackMatched,
    SystemUnpacked,
)

HOSTNAME = "essai-demarrage"
# The kernel also speaks to the serial log; the screen stays the console, as on a real machine,
# and plymouth is told to ignore the difference. A simulated machine may be ten times slower than
# a real one: what it waits for gets more time (not by rootdelay: initramfs-tools always sleeps it).
# A first stage that finds no root restarts, and so ends the guest, instead of opening a shell.
# Nobody answers the first start's questions.
KERNEL_ARGUMENTS = (
    "console=ttyS0,115200 console=tty0 plymouth.ignore-serial-consoles panic=10"
    " systemd.default_timeout_start_sec=900 systemd.default_device_timeout_sec=900"
    " udev.event_timeout=900 parclibre.unattended"
)
_SPARE_BYTES = 6 * 10**9


def with_installer(
    image: StoredImage, trusted_keys: Collection[str]
) -> Callable[[Path], Iterator[BootEvent | InstalledDisk]]:
    """Return the step of a boot test that installs this image in a folder.

    The step raises what the installer raises: an altered image, a full disk.
    """
    options = InstallOptions(
        hostname=HOSTNAME,
        home=HomePlace(image.manifest.recipe.get("home") or HomePlace.ROOT),
        kernel_arguments=KERNEL_ARGUMENTS,
    )

    def step(folder: Path) -> Iterator[BootEvent | InstalledDisk]:
        disk = folder / "disk.raw"
        with disk.open("wb") as file:
            file.truncate(image.manifest.minimum_disk_bytes + _SPARE_BYTES)
        plan = plan_install(image.folder, disk, options, trusted_keys=tuple(trusted_keys))
        for event in install(plan, confirmation=plan.asked_text):
            if words := _words(event):
                yield DiskStep(words=words)
        yield InstalledDisk(
            path=disk,
            root_offset_bytes=plan.part(Role.ROOT).start_bytes,
            kernel_arguments=KERNEL_ARGUMENTS,
        )

    return step


def _words(event: InstallEvent) -> str:
    """Return a step of the installer as a person reads it; empty for what goes by too fast."""
    match event:
        case PartitionsMade():
            return _("partitions made")
        case SystemUnpacked():
            return _("system unpacked in {n} s").format(n=event.seconds)
        case BootFilesWritten():
            return _("boot files written")
        case ReadBackMatched():
            return _("{n} files read back and equal").format(n=event.files)
        case Installed():
            return _("installed in {n} s").format(n=event.seconds)
        case _:
            return ""
