# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files that the installer decides: debconf's answers, loaders, what an image offers."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from fleet.adapters.disk_unpack import list_image
from fleet.errors import FleetError
from fleet.services.installer_boot import esp_files, loaders, unfinished_names
from fleet.services.installer_image import efi_sources, read_digests
from fleet.services.installer_settings import MachineFile, set_answers, write_files

DATABASE = """Name: grub-pc/install_devices
Template: grub-pc/install_devices
Value: /dev/sdz
Owners: grub-pc, grub-pc-bin
Flags: seen
Variables:
 CHOICES = a
 RAW_CHOICES = b

Name: tzdata/Areas
Template: tzdata/Areas
Value: Europe
Owners: tzdata
"""
EFI = {
    "shimx64.efi": b"shim",
    "grubx64.efi": b"grub",
    "mmx64.efi": b"keys",
    "fbx64.efi": b"fallback",
}


def test_debconf_s_answers_change_and_the_rest_stays() -> None:
    answers = {
        "grub-pc/install_devices": ("grub-pc", "/dev/disk/by-id/ata-X"),
        "grub2/update_nvram": ("grub-efi-amd64", "true"),
    }

    found = set_answers(DATABASE, answers)

    stanzas = {one.split("\n")[0]: one for one in found.strip().split("\n\n")}
    assert stanzas["Name: tzdata/Areas"] in DATABASE
    changed = stanzas["Name: grub-pc/install_devices"]
    assert "Value: /dev/disk/by-id/ata-X" in changed
    assert "/dev/sdz" not in changed
    assert changed.count("Flags: seen") == 1
    assert " RAW_CHOICES = b" in changed
    assert "Owners: grub-efi-amd64" in stanzas["Name: grub2/update_nvram"]


@pytest.mark.parametrize("value", ["", "false"])
def test_debconf_itself_reads_the_answers(tmp_path: Path, value: str) -> None:
    database, templates = tmp_path / "config.dat", tmp_path / "templates.dat"
    answers = {"grub-pc/install_devices": ("grub-pc", value)}
    database.write_text(set_answers(DATABASE, answers))
    templates.write_text(
        "Name: grub-pc/install_devices\nDescription: d\nType: string\nOwners: "
        "grub-pc/install_devices\n"
    )
    script = (
        "use Debconf::DbDriver::File; use Debconf::Db;"
        f"my $d = Debconf::DbDriver::File->new(name => 'c', filename => '{database}',"
        " readonly => 'true', backup => 'false');"
        "print $d->getfield('grub-pc/install_devices', 'value'), '|',"
        "$d->getflag('grub-pc/install_devices', 'seen');"
    )

    told = subprocess.run(["perl", "-e", script], capture_output=True, text=True, check=True)

    assert told.stdout == f"{value}|true"


def test_ubuntu_s_names_of_shim_are_found_where_the_usual_one_is_a_link() -> None:
    regular = {
        "usr/lib/shim/shimx64.efi.signed.latest",
        "usr/lib/shim/mmx64.efi",
        "usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed",
    }

    assert efi_sources(regular) == {
        "shimx64.efi": "usr/lib/shim/shimx64.efi.signed.latest",
        "mmx64.efi": "usr/lib/shim/mmx64.efi",
        "grubx64.efi": "usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed",
    }


def test_no_loader_has_its_name_until_the_end() -> None:
    files = esp_files(EFI, vendor="ubuntu", root_uuid="u")
    early = unfinished_names(files, "ubuntu")

    assert files["EFI/ubuntu/BOOTX64.CSV"].startswith(b"\xff\xfes\x00h\x00")
    assert {name for name, content in early.items() if content == b"shim"} == {
        "EFI/ubuntu/shimx64.NEW", "EFI/BOOT/BOOTX64.NEW",
    }  # fmt: skip
    assert [final for _early, final in loaders("ubuntu")][-1] == "EFI/BOOT/BOOTX64.EFI"


def test_escaped_names_of_the_list_of_files_are_read(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    for name in ("a\\x2db", "deux\nlignes", "é  ./x"):
        (root / name.replace("/", "_")).write_text(name)
    lines = subprocess.run(
        ["find", ".", "-type", "f", "-exec", "sha256sum", "{}", "+"],
        cwd=root, capture_output=True, check=True,
    ).stdout  # fmt: skip
    (tmp_path / "files.sha256").write_bytes(lines)

    assert set(read_digests(tmp_path)) == {"a\\x2db", "deux\nlignes", "é  ._x"}


def test_the_list_of_a_squashfs_tells_modes_owners_and_targets(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (root / "setuid").touch()
    (root / "setuid").chmod(0o6755)
    (root / "rien").touch()
    (root / "rien").chmod(0o000)
    (root / "tmp").mkdir()
    (root / "tmp").chmod(0o1776)
    (root / "lien").symlink_to("cible é")
    image = tmp_path / "image"
    subprocess.run(
        ["mksquashfs", root, image, "-quiet", "-no-progress", "-force-uid", "12345"],
        check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip

    found = {one.path: one for one in list_image(image)}

    assert {path: oct(one.mode) for path, one in found.items() if path} == {
        "setuid": "0o106755", "rien": "0o100000", "tmp": "0o41776", "lien": "0o120777",
    }  # fmt: skip
    assert found["lien"].target == "cible é"
    assert {one.uid for one in found.values()} == {12345}


@pytest.mark.root
def test_a_link_of_the_image_never_leads_a_write_out_of_the_root(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    root.mkdir()
    outside.mkdir()
    (root / "etc").symlink_to(outside)
    (root / "hostname").symlink_to(outside / "hostname")

    with pytest.raises(FleetError, match="folder must be"):
        write_files(root, [MachineFile(path="etc/hostname", content=b"x")])
    write_files(root, [MachineFile(path="hostname", content=b"x")])

    assert list(outside.iterdir()) == []
    assert (root / "hostname").read_bytes() == b"x"
