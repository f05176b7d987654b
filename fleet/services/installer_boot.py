# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What starts the installed system: grub.cfg, and the ESP's files. Pure."""

from __future__ import annotations

from collections.abc import Mapping

DEFAULT_ARGUMENTS = "ro quiet splash"
_FALLBACK = "EFI/BOOT"
_LOADER = "shimx64.efi"
# On the ESP until everything is verified; no firmware starts these names.
_NOT_YET = ".NEW"


def grub_cfg(*, root_uuid: str, kernels: tuple[str, ...], title: str, arguments: str) -> str:
    """Return the machine's first grub.cfg; update-grub writes its own at the next kernel.

    Words without accents: GRUB's text screen has none.
    """
    normal = f"{DEFAULT_ARGUMENTS} {arguments}".strip()
    recovery = f"ro single {arguments}".strip()
    lines = [
        "# Written by the installer; update-grub replaces it.",
        "set default=0",
        "set timeout_style=hidden",
        "set timeout=2",
        "if [ -s $prefix/grubenv ]; then load_env; fi",
        'if [ "$grub_platform" = pc ]; then insmod all_video; fi',
        f"search --no-floppy --fs-uuid --set=root {root_uuid}",
        "",
        *_entry(title, kernels[0], root_uuid, normal),
        "submenu 'Autres choix' {",
    ]
    for version in kernels:
        lines += _entry(f"{title}, Linux {version}", version, root_uuid, normal)
        lines += _entry(f"{title}, Linux {version} (secours)", version, root_uuid, recovery)
    efi = ["if [ \"$grub_platform\" = efi ]; then", "menuentry 'Micrologiciel (UEFI)' {",
           "  fwsetup", "}", "fi"]  # fmt: skip
    return "\n".join([*lines, "}", "", *efi, ""])


def esp_grub_cfg(root_uuid: str) -> str:
    """Return what the signed GRUB reads first: where the real grub.cfg is."""
    return (
        f"search.fs_uuid {root_uuid} root\n"
        "set prefix=($root)'/boot/grub'\n"
        "configfile $prefix/grub.cfg\n"
    )


def esp_files(efi: Mapping[str, bytes], *, vendor: str, root_uuid: str) -> dict[str, bytes]:
    """Return the ESP's files by their final name, the loaders that firmware starts at the end.

    The fallback folder has its own copies; shim's fallback reads BOOTX64.CSV in the vendor's one
    and gives the firmware its entry.
    """
    own = f"EFI/{vendor}"
    others = {name: content for name, content in efi.items() if name.endswith(".efi")}
    shim = others.pop(_LOADER)
    files = {f"{_FALLBACK}/{name}": content for name, content in others.items()}
    files |= {f"{own}/{name}": content for name, content in others.items()}
    files[f"{own}/BOOTX64.CSV"] = efi.get("BOOTX64.CSV") or _csv(vendor)
    files[f"{own}/grub.cfg"] = esp_grub_cfg(root_uuid).encode("ascii")
    files[f"{own}/{_LOADER}"] = shim
    files[f"{_FALLBACK}/BOOTX64.EFI"] = shim
    return files


def loaders(vendor: str) -> tuple[tuple[str, str], ...]:
    """Return the renames that make the disk start, in order: name so far, final name."""
    names = (f"EFI/{vendor}/{_LOADER}", f"{_FALLBACK}/BOOTX64.EFI")
    return tuple((name.rpartition(".")[0] + _NOT_YET, name) for name in names)


def unfinished_names(files: Mapping[str, bytes], vendor: str) -> dict[str, bytes]:
    """Return the same files with the loaders under the names they have until the end."""
    not_yet = {final: early for early, final in loaders(vendor)}
    return {not_yet.get(name, name): content for name, content in files.items()}


def _entry(title: str, version: str, root_uuid: str, arguments: str) -> list[str]:
    return [
        f"menuentry '{title}' --class gnu-linux --class os {{",
        f"  search --no-floppy --fs-uuid --set=root {root_uuid}",
        f"  linux /boot/vmlinuz-{version} root=UUID={root_uuid} {arguments}",
        f"  initrd /boot/initrd.img-{version}",
        "}",
    ]


def _csv(vendor: str) -> bytes:
    line = f"{_LOADER},{vendor},,This is the boot entry for {vendor}\n"
    return b"\xff\xfe" + line.encode("utf-16-le")
