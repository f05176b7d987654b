# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Installing on a disk file: what is made, what is refused, what is read back."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from fleet.adapters.disk import Place
from fleet.adapters.disk_boot_sector import UEFI_ONLY, UNFINISHED, message_code
from fleet.adapters.disk_file import DiskFile
from fleet.adapters.disk_format import read_esp
from fleet.errors import BadInput, FleetError, TrustRefused, UsageError
from fleet.model.install_plan import (
    DiskTooSmall,
    HomePlace,
    InstallOptions,
    InstallPlan,
    Role,
    least_root_bytes,
)
from fleet.services.installer import NotTheSameDisk, install, plan_install
from fleet.services.installer_events import Installed, InstallEvent, ReadBackMatched, UnpackAdvanced
from fleet.services.installer_verify import ReadBackFailed
from fleet.store.keys import ReplicaKey, open_replica_key
from tests.services.installer_samples import (
    KERNEL,
    MIB,
    make_disk,
    make_image,
    make_root,
    nodes_by_path,
)

OPTIONS = InstallOptions(hostname="salle-2-poste-07")
Planned = Callable[..., InstallPlan]


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> ReplicaKey:
    return open_replica_key(tmp_path_factory.mktemp("key"))


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory, key: ReplicaKey) -> Path:
    folder = tmp_path_factory.mktemp("image")
    return make_image(folder / "home", key, make_root(folder / "root"))


@pytest.fixture
def planned(tmp_path: Path, key: ReplicaKey, image: Path) -> Planned:
    def plan(options: InstallOptions = OPTIONS, **changed: object) -> InstallPlan:
        disk = tmp_path / "disk.img"
        if not disk.exists():
            make_disk(disk)
        sector = int(str(changed.get("sector", 512)))
        return plan_install(
            Path(str(changed.get("image", image))), disk, options,
            trusted_keys=[key.public_key], file_sector_bytes=sector,
        )  # fmt: skip

    return plan


def carried_out(plan: InstallPlan) -> list[InstallEvent]:
    return list(install(plan, confirmation=plan.asked_text))


def contents(plan: InstallPlan, role: Role = Role.ROOT) -> dict[str, tuple[str, int]]:
    """The digest and mode of each regular file of a partition."""
    ext4, nodes = nodes_by_path(plan.found.identity.path, plan.part(role).start_bytes)
    return {
        path: (ext4.digest(node), node.mode & 0o7777)
        for path, node in nodes.items()
        if node.mode & 0o170000 == 0o100000
    }


def links(plan: InstallPlan) -> list[str]:
    _ext4, nodes = nodes_by_path(plan.found.identity.path, plan.part(Role.ROOT).start_bytes)
    return [path for path, node in nodes.items() if node.target is not None]


def text_of(plan: InstallPlan, path: str) -> str:
    """A small file of the installed root, read by debugfs: not by our own reader."""
    offset = plan.part(Role.ROOT).start_bytes
    disk = plan.found.identity.path
    return subprocess.run(
        ["debugfs", "-R", f'cat "/{path}"', f"{disk}?offset={offset}"],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip


def esp_of(plan: InstallPlan) -> Place:
    part = plan.part(Role.ESP)
    return Place(
        path=plan.found.identity.path, offset_bytes=part.start_bytes, size_bytes=part.size_bytes
    )


def first_sector(plan: InstallPlan) -> bytes:
    with plan.found.identity.path.open("rb") as disk:
        return disk.read(512)


@pytest.mark.root
def test_the_disk_holds_the_image_and_this_machine_s_own_files(
    planned: Planned, tmp_path: Path, image: Path
) -> None:
    secret, keys = tmp_path / "secret", tmp_path / "keys"
    secret.write_text("s3cret")
    keys.write_text("ssh-ed25519 AAAA technicien\n")
    plan = planned(
        replace(
            OPTIONS, check_in_url="https://parc.example/", check_in_credential=secret,
            authorized_keys=keys, kernel_arguments="console=ttyS0",
        )
    )  # fmt: skip

    events = carried_out(plan)

    found, done = contents(plan), events[-1]
    assert isinstance(done, Installed)
    assert found["usr/share/gros"][0] in (image / "files.sha256").read_text()
    assert found["usr/bin/mount"][1] == 0o4755
    assert text_of(plan, "etc/hostname") == "salle-2-poste-07\n"
    assert f"UUID={done.root_uuid}\t/\text4" in text_of(plan, "etc/fstab")
    assert found["etc/machine-id"][0] == hashlib.sha256(b"").hexdigest()
    assert found["etc/ssh/ssh_host_ed25519_key"][1] == 0o600
    assert (text_of(plan, "etc/ssh/ssh_host_ed25519_key.pub").strip(),) == done.host_keys
    given = text_of(plan, "etc/ssh/authorized_keys.d/technicien")
    assert given == "ssh-ed25519 AAAA image\nssh-ed25519 AAAA technicien\n"
    assert found["etc/parclibre/check-in.token"][1] == 0o600
    assert text_of(plan, "etc/parclibre/check-in.token") == "s3cret"
    assert json.loads(text_of(plan, "etc/parclibre/check-in.json"))["url"].endswith("example/")
    assert "timers.target.wants/parclibre-check-in.timer" in " ".join(links(plan))
    assert "console=ttyS0" in text_of(plan, "etc/default/grub.d/90-parclibre.cfg")
    assert "grub-pc/install_devices_empty" in text_of(plan, "var/cache/debconf/config.dat")
    assert sum(isinstance(event, ReadBackMatched) for event in events) == 1
    assert [e.percent for e in events if isinstance(e, UnpackAdvanced)][-1] == 100
    assert not list(tmp_path.glob(".*staging*"))


@pytest.mark.root
def test_without_accounts_of_technicians_the_keys_are_root_s(
    planned: Planned, key: ReplicaKey, tmp_path: Path
) -> None:
    root = make_root(tmp_path / "root")
    shutil.rmtree(root / "etc/ssh/authorized_keys.d")
    keys = tmp_path / "keys"
    keys.write_text("ssh-ed25519 AAAA technicien\n")
    image = make_image(tmp_path / "home", key, root)
    plan = planned(replace(OPTIONS, authorized_keys=keys), image=image)

    carried_out(plan)

    assert contents(plan)["root/.ssh/authorized_keys"][1] == 0o600


@pytest.mark.root
def test_an_image_that_reports_to_nobody_refuses_an_address(
    planned: Planned, key: ReplicaKey, tmp_path: Path
) -> None:
    root = make_root(tmp_path / "root")
    (root / "etc/systemd/system/parclibre-check-in.timer").unlink()
    image = make_image(tmp_path / "home", key, root)
    plan = planned(replace(OPTIONS, check_in_url="https://parc.example"), image=image)

    with pytest.raises(UsageError, match="check_in"):
        next(install(plan, confirmation=plan.asked_text))

    assert first_sector(plan) == bytes(512)


@pytest.mark.root
def test_no_room_beside_a_disk_file_is_said_before_it_is_touched(
    planned: Planned, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = planned()
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: SimpleNamespace(free=10**6))

    with pytest.raises(FleetError, match="1 MB free"):
        next(install(plan, confirmation=plan.asked_text))


@pytest.mark.root
def test_the_disk_starts_under_uefi_and_bios(planned: Planned, tmp_path: Path) -> None:
    plan = planned()

    done = carried_out(plan)[-1]

    assert isinstance(done, Installed)
    told = subprocess.run(
        ["sgdisk", "--verify", "--print", plan.found.identity.path], capture_output=True, text=True
    )
    assert "No problems found" in told.stdout
    esp = esp_of(plan)
    shim = read_esp(esp, "EFI/BOOT/BOOTX64.EFI")
    assert shim == read_esp(esp, "EFI/debian/shimx64.efi")
    names = {"grubx64.efi", "mmx64.efi", "fbx64.efi"}
    for name in names:
        assert read_esp(esp, f"EFI/BOOT/{name}") == read_esp(esp, f"EFI/debian/{name}")
    assert done.root_uuid.encode() in read_esp(esp, "EFI/debian/grub.cfg")
    assert read_esp(esp, "EFI/debian/BOOTX64.CSV").startswith(b"shimx64.efi,debian")
    menu = text_of(plan, "boot/grub/grub.cfg")
    assert menu.index(KERNEL) < menu.index("6.9.1-amd64")
    assert "single" in menu
    assert menu.count("{") == menu.count("}")
    if shutil.which("grub-script-check"):
        subprocess.run(["grub-script-check"], input=menu, text=True, check=True)
    assert first_sector(plan)[0x5C:0x64] == (2048).to_bytes(8, "little")


@pytest.mark.root
def test_separate_home_has_its_own_partition(planned: Planned) -> None:
    plan = planned(replace(OPTIONS, home=HomePlace.SEPARATE, root_bytes=650 * MIB))

    carried_out(plan)

    assert [part.number for part in plan.parts] == [1, 2, 3, 4]
    assert "eleve/Bureau/lisez-moi.txt" in contents(plan, Role.HOME)
    assert not any(path.startswith("home/") for path in contents(plan))
    assert "\t/home\text4" in text_of(plan, "etc/fstab")


@pytest.mark.root
def test_disk_with_sectors_of_4096_bytes_starts_under_uefi_and_tells_a_bios_so(
    planned: Planned,
) -> None:
    plan = planned(sector=4096)

    done = carried_out(plan)[-1]

    assert isinstance(done, Installed)
    assert not done.starts_in_bios
    assert first_sector(plan).startswith(message_code(UEFI_ONLY)[:440])
    with plan.found.identity.path.open("rb") as disk:
        disk.seek(plan.part(Role.ESP).start_bytes)
        fat = disk.read(13)
    assert int.from_bytes(fat[11:13], "little") == 4096
    assert read_esp(esp_of(plan), "EFI/BOOT/BOOTX64.EFI")


@pytest.mark.root
def test_each_installation_is_unique(planned: Planned) -> None:
    plan = planned()
    first = carried_out(plan)[-1]
    second = carried_out(planned())[-1]

    assert isinstance(first, Installed)
    assert isinstance(second, Installed)
    assert first.disk_guid != second.disk_guid
    assert first.root_uuid != second.root_uuid
    assert first.host_keys != second.host_keys


@pytest.mark.root
def test_the_system_takes_the_whole_of_a_larger_disk(planned: Planned, tmp_path: Path) -> None:
    make_disk(tmp_path / "disk.img", 40_000 * MIB)
    plan = planned()

    carried_out(plan)

    root = plan.part(Role.ROOT)
    assert root.start_bytes + root.size_bytes == 39_999 * MIB
    # Sparse: what is not used is not written.
    assert (tmp_path / "disk.img").stat().st_blocks * 512 < 1500 * MIB


def test_a_disk_too_small_is_refused_untouched_with_both_sizes(
    planned: Planned, tmp_path: Path
) -> None:
    disk = make_disk(tmp_path / "disk.img", 600 * MIB)
    before = disk.stat().st_mtime_ns

    with pytest.raises(DiskTooSmall, match=r"needs [\d.]+ GB, it has 0.63 GB"):
        planned()

    assert disk.stat().st_mtime_ns == before


def test_the_size_told_as_needed_is_enough(planned: Planned, tmp_path: Path) -> None:
    make_disk(tmp_path / "disk.img", 4000 * MIB)
    image = planned().image
    make_disk(tmp_path / "disk.img", 259 * MIB + least_root_bytes(image))

    assert planned().part(Role.ROOT).size_bytes == least_root_bytes(image)


def test_a_root_larger_than_the_disk_is_refused(planned: Planned) -> None:
    with pytest.raises(DiskTooSmall, match="between"):
        planned(replace(OPTIONS, home=HomePlace.SEPARATE, root_bytes=2000 * MIB))


@pytest.mark.parametrize("name", ["", "-a", "a-", "Poste", "a b", "é", "a..b", "x" * 65, "a\n"])
def test_what_cannot_be_a_name_is_refused(planned: Planned, name: str) -> None:
    with pytest.raises(UsageError):
        planned(replace(OPTIONS, hostname=name))


def test_kernel_arguments_that_grub_would_read_are_refused(planned: Planned) -> None:
    with pytest.raises(UsageError):
        planned(replace(OPTIONS, kernel_arguments="quiet; reboot"))


@pytest.mark.parametrize(
    "name",
    ["rootfs.squashfs", "vmlinuz", "initrd.img", "manifest.json", "manifest.json.sig",
     "sbom.cdx.json", "files.sha256", "build.log"],
)  # fmt: skip
def test_one_flipped_byte_in_any_file_of_the_image_is_refused(
    planned: Planned, image: Path, tmp_path: Path, name: str
) -> None:
    copy = tmp_path / image.name
    subprocess.run(["cp", "--recursive", image, copy], check=True)
    content = bytearray((copy / name).read_bytes())
    content[len(content) // 2] ^= 1
    (copy / name).write_bytes(content)

    with pytest.raises((TrustRefused, BadInput)):
        planned(image=copy)


def test_an_image_that_cannot_start_a_machine_is_refused(
    planned: Planned, key: ReplicaKey, tmp_path: Path
) -> None:
    root = make_root(tmp_path / "root")
    (root / f"boot/vmlinuz-{KERNEL}").rename(tmp_path / "kernel")
    (root / "boot/vmlinuz-6.9.1-amd64").unlink()
    (root / f"boot/vmlinuz-{KERNEL}").symlink_to("nowhere")
    part = tmp_path / "home"
    (root / f"boot/vmlinuz-{KERNEL}").unlink()
    (root / "usr/lib/shim/shimx64.efi.signed").unlink()
    (tmp_path / "kernel").rename(root / f"boot/vmlinuz-{KERNEL}")

    with pytest.raises(BadInput, match="shim"):
        planned(image=make_image(part, key, root))


@pytest.mark.root
def test_an_image_without_a_bios_part_starts_under_uefi_only(
    planned: Planned, key: ReplicaKey, tmp_path: Path
) -> None:
    image = make_image(tmp_path / "home", key, make_root(tmp_path / "root", bios=False))
    plan = planned(image=image)

    done = carried_out(plan)[-1]

    assert isinstance(done, Installed)
    assert not done.starts_in_bios
    assert first_sector(plan)[:440] == message_code(UEFI_ONLY)


def test_an_address_without_https_is_refused(planned: Planned) -> None:
    with pytest.raises(UsageError, match="https"):
        planned(replace(OPTIONS, check_in_url="http://parc.example"))


def test_another_text_than_the_plan_s_touches_nothing(planned: Planned) -> None:
    plan = planned()

    with pytest.raises(UsageError, match="Not confirmed"):
        next(install(plan, confirmation="yes"))

    assert first_sector(plan) == bytes(512)


@pytest.mark.root
def test_a_disk_that_changed_since_the_plan_is_refused(planned: Planned, tmp_path: Path) -> None:
    plan = planned()
    subprocess.run(["mke2fs", "-q", "-t", "ext4", tmp_path / "disk.img"], check=True)

    with pytest.raises(NotTheSameDisk):
        next(install(plan, confirmation=plan.asked_text))


@pytest.mark.root
def test_another_file_of_the_same_name_is_another_disk(planned: Planned, tmp_path: Path) -> None:
    plan = planned()
    (tmp_path / "disk.img").rename(tmp_path / "kept")
    make_disk(tmp_path / "disk.img")

    with pytest.raises(NotTheSameDisk):
        next(install(plan, confirmation=plan.asked_text))


@pytest.mark.root
def test_an_image_swapped_after_it_was_verified_is_refused(
    planned: Planned, image: Path, tmp_path: Path
) -> None:
    copy = tmp_path / image.name
    subprocess.run(["cp", "--recursive", image, copy], check=True)
    plan = planned(image=copy)
    (copy / "rootfs.squashfs").write_bytes((image / "rootfs.squashfs").read_bytes())

    with pytest.raises(TrustRefused, match="changed"):
        next(install(plan, confirmation=plan.asked_text))


@pytest.mark.root
def test_a_disk_file_attached_to_a_loop_device_is_refused(planned: Planned, tmp_path: Path) -> None:
    disk = make_disk(tmp_path / "disk.img")
    made = subprocess.run(
        ["losetup", "--find", "--show", disk], check=True, capture_output=True, text=True
    )
    try:
        with pytest.raises(FleetError, match="attached to /dev/loop"):
            planned()
    finally:
        subprocess.run(["losetup", "--detach", made.stdout.strip()], check=True)


@pytest.mark.root
@pytest.mark.parametrize("where", ["content", "mode", "extra", "missing", "esp", "core"])
def test_what_differs_on_the_disk_is_named_and_the_disk_does_not_start(
    planned: Planned, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    plan = planned()
    forget = DiskFile.forget_caches

    def damage_then_forget(target: DiskFile) -> None:
        forget(target)
        _damage(plan, where)

    monkeypatch.setattr(DiskFile, "forget_caches", damage_then_forget)
    named = {
        "content": "/usr/share/gros", "mode": "/usr/bin/mount", "extra": "/etc/de-trop",
        "missing": "/etc/os-release", "esp": "EFI/debian/grub.cfg", "core": "core.img",
    }[where]  # fmt: skip

    with pytest.raises(ReadBackFailed, match=named):
        carried_out(plan)

    assert first_sector(plan)[:440] == message_code(UNFINISHED)
    with pytest.raises(FleetError):
        read_esp(esp_of(plan), "EFI/BOOT/BOOTX64.EFI")


def _damage(plan: InstallPlan, where: str) -> None:
    disk, root = plan.found.identity.path, plan.part(Role.ROOT).start_bytes
    commands = {
        "mode": "set_inode_field /usr/bin/mount mode 0100755",
        "extra": "write /etc/hostname /etc/de-trop",
        "missing": "rm /etc/os-release",
    }
    if where in commands:
        subprocess.run(
            ["debugfs", "-w", "-R", commands[where], f"{disk}?offset={root}"],
            check=True, capture_output=True,
        )  # fmt: skip
    elif where == "esp":
        subprocess.run(
            ["mcopy", "-o", "-i", f"{disk}@@{plan.part(Role.ESP).start_bytes}", "/etc/hostname",
             "::/EFI/debian/grub.cfg"],
            check=True,
        )  # fmt: skip
    else:
        ext4, nodes = nodes_by_path(disk, root)
        block = ext4.first_block(nodes["usr/share/gros"])
        at = root + block * 4096 + 100 if where == "content" else plan.part(Role.BIOS).start_bytes
        descriptor = os.open(disk, os.O_RDWR)
        flipped = bytes([os.pread(descriptor, 1, at + 600)[0] ^ 1])
        os.pwrite(descriptor, flipped, at + 600)
        os.close(descriptor)
