# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Virtual machines: started, watched, photographed and ended, with a boot sector for system."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from fleet.adapters import qemu, qemu_choice
from fleet.adapters.qemu_command import Acceleration, Folder, Guest, GuestDisk, command_line
from fleet.adapters.qemu_disk import add_files
from fleet.errors import FleetError
from fleet.model.proof import Firmware

pytestmark = [
    pytest.mark.vm,
    pytest.mark.skipif(
        shutil.which("qemu-system-x86_64") is None and not os.environ.get("CI"),
        reason="QEMU is missing: apt-get install qemu-system-x86 qemu-utils ovmf",
    ),
]

# Port 0x3f8 is the first serial port; 0x604 is the power register that SeaBIOS sets up on q35.
_STAY = b"\xf4\xeb\xfd"
_SWITCH_OFF = b"\xba\x04\x06\xb8\x00\x20\xef" + _STAY


def boot_sector(folder: Path, words: bytes, then: bytes = _STAY) -> GuestDisk:
    """A disk whose only program writes words on the serial port, then halts or switches off."""
    code = b"\xba\xf8\x03" + b"".join(b"\xb0%c\xee" % byte for byte in words) + then
    path = folder / "sector.raw"
    path.write_bytes(code.ljust(510, b"\x00") + b"\x55\xaa" + b"\x00" * (1 << 20))
    return GuestDisk(path=path)


def bios(disk: GuestDisk) -> Guest:
    return Guest(firmware=Firmware.BIOS, memory_mib=64, disks=(disk,))


def watch_until(guest: qemu.RunningGuest, condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 60
    while not condition():
        guest.watch(0.2)
        if time.monotonic() > deadline:
            return False
    return True


def test_what_a_guest_writes_on_its_serial_port_comes_as_whole_lines(tmp_path: Path) -> None:
    disk = boot_sector(tmp_path, b"hello\nhalf")
    lines: list[str] = []

    with qemu.started(bios(disk), Acceleration.TCG, tmp_path / "run") as guest:
        watch_until(guest, lambda: b"half" in guest.folder.serial.read_bytes())
        lines += guest.new_lines(guest.folder.serial)
        again = list(guest.new_lines(guest.folder.serial))

    assert lines == ["hello"]
    assert again == []


def test_a_guest_that_switches_itself_off_is_told_from_one_that_is_stopped(tmp_path: Path) -> None:
    off = boot_sector(tmp_path, b"bye\n", _SWITCH_OFF)

    with qemu.started(bios(off), Acceleration.TCG, tmp_path / "off") as guest:
        ended = watch_until(guest, lambda: not guest.running)
    stays = boot_sector(tmp_path, b"here\n")
    with qemu.started(bios(stays), Acceleration.TCG, tmp_path / "stays") as other:
        watch_until(other, lambda: other.folder.serial.stat().st_size > 0)

    assert ended
    assert guest.powered_off
    assert not other.powered_off
    assert not other.running


def test_a_guest_that_ignores_the_power_button_is_not_said_to_be_off(tmp_path: Path) -> None:
    disk = boot_sector(tmp_path, b"deaf\n")

    with qemu.started(bios(disk), Acceleration.TCG, tmp_path / "run") as guest:
        watch_until(guest, lambda: guest.folder.serial.stat().st_size > 0)
        answered = guest.power_off(1.0)

    assert not answered


def test_the_screen_of_a_guest_is_a_picture_with_its_words(tmp_path: Path) -> None:
    disk = boot_sector(tmp_path, b"up\n")

    with qemu.started(bios(disk), Acceleration.TCG, tmp_path / "run") as guest:
        watch_until(guest, lambda: guest.folder.serial.stat().st_size > 0)
        shot = guest.screenshot(tmp_path / "screen.png")

    with Image.open(shot) as picture:
        assert picture.size == (720, 400)
    assert not qemu.is_blank(shot)


@pytest.mark.parametrize(("drawn", "blank"), [((0, 0), True), ((9, 16), True), ((90, 40), False)])
def test_a_screen_with_at_most_a_cursor_is_blank(
    tmp_path: Path, drawn: tuple[int, int], blank: bool
) -> None:
    picture = Image.new("RGB", (720, 400))
    ImageDraw.Draw(picture).rectangle((0, 0, *drawn), fill="white" if any(drawn) else "black")
    picture.save(tmp_path / "screen.png")

    assert qemu.is_blank(tmp_path / "screen.png") is blank


def test_a_guest_does_not_outlive_a_killed_parent(tmp_path: Path) -> None:
    disk = boot_sector(tmp_path, b"orphan\n")
    program = (
        "import sys, time; from pathlib import Path\n"
        "from fleet.adapters import qemu\n"
        "from tests.adapters.test_qemu import bios, GuestDisk, Acceleration\n"
        "guest = bios(GuestDisk(path=Path(sys.argv[1])))\n"
        "with qemu.started(guest, Acceleration.TCG, Path(sys.argv[2])) as running:\n"
        "    print(running._program.pid, flush=True); time.sleep(60)\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", program, str(disk.path), str(tmp_path / "run")],
        stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert parent.stdout is not None
    guest = int(parent.stdout.readline())

    parent.send_signal(signal.SIGKILL)
    parent.wait(10)

    deadline = time.monotonic() + 10
    while _alive(guest) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not _alive(guest)


def _alive(pid: int) -> bool:
    """Whether a process runs; one that only waits for its parent's look does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_a_guest_that_cannot_start_says_why(tmp_path: Path) -> None:
    missing = bios(GuestDisk(path=tmp_path / "no-such-disk.raw"))

    with (
        pytest.raises(FleetError, match=r"no-such-disk\.raw"),
        qemu.started(missing, Acceleration.TCG, tmp_path / "run"),
    ):
        pass


def test_what_a_guest_writes_stays_in_its_layer(tmp_path: Path) -> None:
    disk = boot_sector(tmp_path, b"x\n")
    before = disk.path.read_bytes()

    layer = qemu.overlay(disk.path, "raw", tmp_path / "layer.qcow2")
    subprocess.run(
        ["qemu-io", "-c", "write -P 7 0 4096", str(layer)], check=True, capture_output=True
    )

    assert disk.path.read_bytes() == before


def test_secure_boot_uses_firmware_with_its_keys_and_locked_variables(tmp_path: Path) -> None:
    guest = Guest(firmware=Firmware.UEFI, secure_boot=True)

    command = " ".join(command_line(guest, Acceleration.TCG, Folder(path=tmp_path), 3))
    _code, variables = qemu.firmware_files(guest)

    assert "OVMF_CODE_4M.ms.fd" in command
    assert "property=secure,value=on" in command
    assert "smm=on" in command
    # The name of Microsoft's key for shim, as its certificate spells it.
    assert b"Microsoft Corporation UEFI CA 2011" in variables.read_bytes()


def test_a_guest_has_no_network_unless_a_receiver_is_named(tmp_path: Path) -> None:
    command = command_line(
        Guest(firmware=Firmware.BIOS), Acceleration.TCG, Folder(path=tmp_path), 3
    )

    assert command[command.index("-nic") + 1] == "none"
    assert "-netdev" not in command


def test_kvm_is_not_chosen_for_a_kernel_that_does_not_start(tmp_path: Path) -> None:
    kernel = tmp_path / "vmlinuz"
    kernel.write_bytes(b"not a kernel")

    assert qemu_choice.choose(kernel, tmp_path / "probe") is Acceleration.TCG


def test_files_are_added_to_a_filesystem_inside_a_disk_file(tmp_path: Path) -> None:
    disk, offset = tmp_path / "disk.raw", 1 << 20
    with disk.open("wb") as file:
        file.truncate(offset + (16 << 20))
    subprocess.run(
        ["/sbin/mke2fs", "-q", "-t", "ext4", "-E", f"offset={offset}", str(disk), "16384k"],
        check=True, capture_output=True,
    )  # fmt: skip

    add_files(disk, offset, {"etc/systemd/system/é.service": b"[Unit]\n", "a": b"\x00" * 9000})

    place = f"{disk}?offset={offset}"
    clean = subprocess.run(["/sbin/e2fsck", "-f", "-n", place], capture_output=True, text=True)
    owner = subprocess.run(
        ["/sbin/debugfs", "-R", "stat a", place], capture_output=True, text=True, check=True
    )
    assert clean.returncode == 0, clean.stdout
    assert "Mode:  0644" in owner.stdout
    assert "User:     0   Group:     0" in owner.stdout


def test_files_that_do_not_fit_are_not_said_to_be_added(tmp_path: Path) -> None:
    disk = tmp_path / "disk.raw"
    with disk.open("wb") as file:
        file.truncate(1 << 20)
    subprocess.run(["/sbin/mke2fs", "-q", "-t", "ext4", str(disk)], check=True, capture_output=True)

    with pytest.raises(FleetError, match="big"):
        add_files(disk, 0, {"big": os.urandom(2 << 20)})
