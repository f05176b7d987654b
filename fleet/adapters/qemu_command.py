# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A virtual machine as a record, and the QEMU command line that makes it. Nothing runs here."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from fleet.errors import ToolMissing
from fleet.i18n import _
from fleet.model.proof import Firmware

PROGRAM = "qemu-system-x86_64"
PROOF_PORT = "org.parclibre.proof"
# The only address a guest of a boot test can reach: the check-in receiver of this computer.
RECEIVER_ADDRESS = "10.0.2.100"
_RELAY = Path(__file__).with_name("qemu_relay.py")
_OVMF = (Path("/usr/share/OVMF"),)


class Acceleration(StrEnum):
    """Who executes the guest's instructions: the processor, or QEMU's translator."""

    KVM = "kvm"
    TCG = "tcg"


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestDisk:
    """A virtual disk file; ``serial`` is what the guest reads from it."""

    path: Path
    format: str = "raw"
    bus: str = "virtio"
    serial: str = "PARCLIBRE0"


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectKernel:
    """A kernel that QEMU loads itself, without firmware menus nor boot loader."""

    kernel: Path
    initrd: Path | None = None
    arguments: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """A network where one port of ``RECEIVER_ADDRESS`` leads to one port here; nothing else."""

    guest_port: int
    host_port: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """A virtual machine: what it is made of, not how it runs."""

    firmware: Firmware
    secure_boot: bool = False
    memory_mib: int = 2048
    disks: tuple[GuestDisk, ...] = ()
    kernel: DirectKernel | None = None
    receiver: Receiver | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """The files of one run, in a private folder."""

    path: Path

    @property
    def serial(self) -> Path:
        """What the guest wrote on its first serial port."""
        return self.path / "serial.log"

    @property
    def proof(self) -> Path:
        """What the guest wrote on the port of its checks."""
        return self.path / "proof.jsonl"

    @property
    def variables(self) -> Path:
        """The firmware's variables of this machine."""
        return self.path / "variables.fd"

    @property
    def words(self) -> Path:
        """What QEMU itself complained about."""
        return self.path / "qemu.log"


def processors(acceleration: Acceleration) -> tuple[str, int]:
    """Return the processor model and count. One is the fastest under translation."""
    return ("host", 2) if acceleration is Acceleration.KVM else ("max", 1)


def firmware_files(guest: Guest) -> tuple[Path, Path]:
    """Return the UEFI code and the variables to copy.

    With Secure Boot the variables hold Microsoft's keys, so that shim's signature is checked as
    on a shop's computer. Raises ToolMissing when the package is absent.
    """
    names = (
        ("OVMF_CODE_4M.ms.fd", "OVMF_VARS_4M.ms.fd")
        if guest.secure_boot
        else ("OVMF_CODE_4M.fd", "OVMF_VARS_4M.fd")
    )
    for folder in _OVMF:
        code, variables = (folder / name for name in names)
        if code.exists() and variables.exists():
            return code, variables
    raise ToolMissing(
        _("The UEFI firmware of virtual machines is not installed."),
        hint=_("Install it: apt-get install ovmf."),
    )


def command_line(
    guest: Guest, acceleration: Acceleration, folder: Folder, monitor_fd: int
) -> list[str]:
    """Return the QEMU command that makes this guest."""
    parts = (
        _base(guest, acceleration),
        _firmware(guest, folder),
        _disks(guest.disks),
        _kernel(guest.kernel),
        _network(guest.receiver),
        _ports(folder, monitor_fd),
    )
    return [PROGRAM, *(word for part in parts for word in part)]


def _base(guest: Guest, acceleration: Acceleration) -> Iterator[str]:
    model, count = processors(acceleration)
    machine = "q35,smm=on" if guest.secure_boot else "q35"
    engine = "kvm" if acceleration is Acceleration.KVM else "tcg,tb-size=1024"
    yield from ("-nodefaults", "-no-user-config", "-machine", machine, "-accel", engine)
    yield from ("-cpu", model, "-smp", str(count), "-m", str(guest.memory_mib))
    yield from ("-display", "none", "-vga", "std", "-rtc", "base=utc", "-no-reboot")
    # Without a source of chance a guest waits for one at its first start.
    yield from ("-device", "virtio-rng-pci", "-device", "qemu-xhci", "-device", "usb-tablet")


def _firmware(guest: Guest, folder: Folder) -> Iterator[str]:
    if guest.firmware is Firmware.BIOS:
        return
    code, _variables = firmware_files(guest)
    if guest.secure_boot:
        # Only the firmware's own mode may write its variables.
        yield from ("-global", "driver=cfi.pflash01,property=secure,value=on")
        yield from ("-global", "ICH9-LPC.disable_s3=1")
    yield from ("-drive", f"if=pflash,unit=0,format=raw,readonly=on,file={_quoted(code)}")
    yield from ("-drive", f"if=pflash,unit=1,format=raw,file={_quoted(folder.variables)}")


def _disks(disks: Sequence[GuestDisk]) -> Iterator[str]:
    for number, disk in enumerate(disks):
        device = {"virtio": "virtio-blk-pci", "sata": "ide-hd", "nvme": "nvme"}[disk.bus]
        name = f"disk{number}"
        yield "-drive"
        yield (
            f"if=none,id={name},format={disk.format},cache=unsafe,discard=unmap,"
            f"file={_quoted(disk.path)}"
        )
        yield from ("-device", f"{device},drive={name},serial={disk.serial},bootindex={number}")


def _kernel(kernel: DirectKernel | None) -> Iterator[str]:
    if kernel is None:
        return
    yield from ("-kernel", str(kernel.kernel), "-append", kernel.arguments)
    if kernel.initrd is not None:
        yield from ("-initrd", str(kernel.initrd))


def _network(receiver: Receiver | None) -> Iterator[str]:
    if receiver is None:
        yield from ("-nic", "none")
        return
    relay = f"{sys.executable} {_RELAY} {receiver.host_port}"
    address = f"tcp:{RECEIVER_ADDRESS}:{receiver.guest_port}"
    yield from ("-netdev", f"user,id=net0,restrict=on,guestfwd={address}-cmd:{_quoted(relay)}")
    yield from ("-device", "virtio-net-pci,netdev=net0,romfile=")


def _ports(folder: Folder, monitor_fd: int) -> Iterator[str]:
    yield from ("-chardev", f"socket,id=monitor,fd={monitor_fd}")
    yield from ("-mon", "chardev=monitor,mode=control")
    yield from ("-serial", f"file:{_quoted(folder.serial)}")
    yield from ("-device", "virtio-serial-pci")
    yield from ("-chardev", f"file,id=proof,path={_quoted(folder.proof)}")
    yield from ("-device", f"virtserialport,chardev=proof,name={PROOF_PORT}")


def _quoted(value: object) -> str:
    """Return a value inside a comma separated option."""
    return str(value).replace(",", ",,")
