# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How an installation's plan and its progress read."""

from __future__ import annotations

from collections.abc import Iterator

from fleet.cli.context import Context
from fleet.i18n import _, ngettext
from fleet.model.install_plan import DiskFound, FoundPart, HomePlace, InstallPlan, Part, Role
from fleet.output.amounts import disk_size, memory_size
from fleet.output.words import labelled
from fleet.services.installer_events import (
    BootFilesWritten,
    Installed,
    InstallEvent,
    InstallStarted,
    OldContentErased,
    PartitionsMade,
    ReadBackAdvanced,
    ReadBackMatched,
    SystemUnpacked,
    UnpackAdvanced,
)


def plan_lines(plan: InstallPlan) -> Iterator[str]:
    """Yield what will be destroyed, then what will be made."""
    yield from found_lines(plan.found)
    yield ""
    yield _("What will be made")
    yield "  " + labelled(_("image"), f"{plan.image.name} ({plan.image.folder.name})")
    yield "  " + labelled(_("computer's name"), plan.options.hostname)
    for part in plan.parts:
        yield f"  {part.number}. {_purpose(part, plan)}, {_size(part.size_bytes)}"
    yield "  " + (
        _("starts under UEFI (Secure Boot may stay on) and BIOS")
        if plan.starts_in_bios
        else _("starts under UEFI only (Secure Boot may stay on)")
    )
    yield from _option_lines(plan)


def found_lines(found: DiskFound) -> Iterator[str]:
    """Yield what a disk holds and would lose."""
    disk = found.identity
    yield _("What will be destroyed")
    yield "  " + labelled(_("disk"), disk.path)
    yield "  " + labelled(_("model"), disk.model or _("not told"))
    yield "  " + labelled(_("serial number"), disk.serial or _("not told"))
    yield "  " + labelled(_("size"), disk_size(disk.size_bytes))
    if not found.parts:
        yield "  " + _("it holds nothing that is recognised")
    for part in found.parts:
        yield f"  {_found(part)}"


def _found(part: FoundPart) -> str:
    what = part.content or _("nothing recognised")
    if part.label:
        what += f" « {part.label} »"
    if not part.number:
        return labelled(_("on the whole disk"), what)
    return f"{part.number}. {what}, {_size(part.size_bytes)}"


def _purpose(part: Part, plan: InstallPlan) -> str:
    purposes = {
        Role.BIOS: _("start under BIOS"),
        Role.ESP: _("start under UEFI (FAT32)"),
        Role.HOME: _("people's files: /home (ext4)"),
        Role.ROOT: _("the system (ext4)"),
    }
    if part.role is Role.ROOT and plan.options.home is HomePlace.ROOT:
        return _("the system and people's files (ext4)")
    return purposes[part.role]


def _option_lines(plan: InstallPlan) -> Iterator[str]:
    options = plan.options
    if options.check_in_url:
        yield "  " + labelled(_("reports to"), options.check_in_url)
    if options.authorized_keys:
        yield "  " + labelled(_("SSH keys of administrators"), options.authorized_keys)
    if options.kernel_arguments:
        yield "  " + labelled(_("kernel's arguments"), options.kernel_arguments)


def _size(bytes_: int) -> str:
    if bytes_ < 1 << 30:
        return _("{n} MiB").format(n=bytes_ >> 20)
    return memory_size(bytes_)


class Teller:
    """Tells an installation's events: percentages on one line when somebody watches."""

    def __init__(self, context: Context) -> None:
        """Take where words go."""
        self._context = context
        self._watched = context.stderr.isatty()
        self._open = False
        self._tenth = -1

    def tell(self, event: InstallEvent) -> None:
        """Tell one event."""
        if isinstance(event, UnpackAdvanced):
            self._advance(_("Unpacking"), event.percent)
        elif isinstance(event, ReadBackAdvanced):
            self._advance(_("Reading back"), event.percent)
        else:
            self._close()
            self._context.tell(_sentence(event))

    def _advance(self, what: str, percent: int) -> None:
        if self._watched:
            print(f"\r{what} {percent} %", end="", file=self._context.stderr, flush=True)
            self._open = True
        elif percent // 10 != self._tenth:
            self._tenth = percent // 10
            self._context.tell(f"{what} {percent} %")

    def _close(self) -> None:
        self._tenth = -1
        if self._open:
            print(file=self._context.stderr)
            self._open = False


def _sentence(event: InstallEvent) -> str:
    match event:
        case InstallStarted():
            said = _("Installing {image} on {disk}").format(image=event.image, disk=event.disk)
        case OldContentErased():
            said = _("The old content is erased")
        case PartitionsMade():
            n = len(event.parts)
            said = ngettext("{n} partition made", "{n} partitions made", n).format(n=n)
        case SystemUnpacked():
            said = _("The system is unpacked ({n} s)").format(n=event.seconds)
        case BootFilesWritten():
            said = _("The boot files are written, not yet in force")
        case ReadBackMatched():
            said = _("Read back: {n} entries are what they must be").format(n=event.entries)
        case Installed():
            said = _("Installed in {n} s: {hostname} is ready to start").format(
                n=event.seconds, hostname=event.hostname
            )
        case UnpackAdvanced() | ReadBackAdvanced():
            said = ""
    return said
