# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stand-in for Zorin's official ISO: the same layout, made of Debian packages.

Its system says ``ID=zorin``, with Debian's codename: names of packages are keyed on the
codename, and those of Ubuntu (linux-image-generic, language-pack-fr) do not exist in Debian.

    python -m tests.images.standin CACHE_FOLDER

makes it, or finds it in the cache, and prints its path and its SHA-256. Needs root.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from fleet.adapters.apt import open_apt
from fleet.adapters.apt_sources import debian_sources
from fleet.adapters.bootstrap import BASE_PACKAGES, base_names, bootstrap
from fleet.adapters.rootfs import Rootfs, open_rootfs
from fleet.services.images_hash import measure
from fleet.services.images_packages import packages_of

CODENAME = "trixie"
LIVE_PACKAGES = ("live-boot", "live-boot-doc", "live-boot-initramfs-tools")
PACKAGES = (
    *BASE_PACKAGES, "dbus", "grub-common", "grub-efi-amd64-bin", "grub-pc-bin",
    "initramfs-tools", "linux-image-amd64", "live-boot", "systemd-sysv", "zstd",
)  # fmt: skip
OS_RELEASE = """\
PRETTY_NAME="Zorin OS 18 (stand-in)"
NAME="Zorin OS"
VERSION_ID="18"
VERSION="18"
VERSION_CODENAME={codename}
ID=zorin
ID_LIKE="ubuntu debian"
UBUNTU_CODENAME={codename}
"""
GRUB_CFG = """\
serial --unit=0 --speed=115200
terminal_output console serial
set timeout=1
menuentry "Stand-in" {
    search --set=root --file /casper/filesystem.squashfs
    linux /casper/vmlinuz boot=live live-media-path=casper console=tty0 console=ttyS0,115200
    initrd /casper/initrd
}
"""
_FIND_CFG = """\
search --set=root --file /casper/filesystem.squashfs
set prefix=($root)/boot/grub
configfile /boot/grub/grub.cfg
"""
_MODULES = (
    "configfile", "echo", "iso9660", "linux", "normal", "part_gpt", "part_msdos", "search",
    "search_fs_file", "serial", "test",
)  # fmt: skip
_ESP_KIB = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class StandIn:
    """The ISO and what must be given with it."""

    path: Path
    sha256: str

    @property
    def given(self) -> tuple[str, str]:
        """The settings that a Zorin recipe needs, as ``image build --set`` takes them."""
        return f"base.zorin.iso={self.path}", f"base.zorin.sha256={self.sha256}"


def standin(cache: Path, *, codename: str = CODENAME) -> StandIn:
    """Return the stand-in ISO, made once per codename and version of this file."""
    key = hashlib.sha256(Path(__file__).read_bytes() + codename.encode()).hexdigest()[:12]
    target = cache.absolute() / "standin" / f"zorin-{codename}-{key}.iso"
    if not target.exists():
        scratch = target.with_suffix(".work")
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir(parents=True)
        _build(cache.absolute(), scratch, target, codename)
        shutil.rmtree(scratch)
    return StandIn(path=target, sha256=measure(target).sha256)


def _build(cache: Path, scratch: Path, target: Path, codename: str) -> None:
    root, disc = scratch / "root", scratch / "disc"
    epoch = _bootstrap(cache, root, codename)
    (root / "usr/lib/os-release").write_text(OS_RELEASE.format(codename=codename))
    casper = disc / "casper"
    casper.mkdir(parents=True)
    _move_kernel(root, casper)
    with open_rootfs([root], scratch / "upper", scratch / "work") as view:
        boot_files(view, disc, epoch)
    for cache_file in (root / "var/cache/apt").glob("*.bin"):
        cache_file.unlink()
    write_live_system(root, casper, "filesystem", epoch)
    write_manifests(root, casper)
    (disc / ".disk").mkdir()
    (disc / ".disk" / "info").write_text(f'Zorin OS 18 "{codename}" - Stand-in amd64\n')
    make_iso(disc, target, epoch)


def _bootstrap(cache: Path, root: Path, codename: str) -> int:
    apt = open_apt(cache, debian_sources(codename))
    apt.refresh()
    for _progress in apt.download(apt.resolve(base_names(PACKAGES), recommends=False)):
        pass
    epoch = apt.newest_release_epoch()
    for _progress in bootstrap(apt, root, suite=codename, epoch=epoch, packages=PACKAGES):
        pass
    return epoch


def _move_kernel(root: Path, casper: Path) -> None:
    """Leave the kernel and the initrd beside the system only, as the ISOs of Ubuntu do."""
    (kernel,) = (root / "boot").glob("vmlinuz-*")
    (initrd,) = (root / "boot").glob("initrd.img-*")
    shutil.move(kernel, casper / "vmlinuz")
    shutil.move(initrd, casper / "initrd")
    for link in ("vmlinuz", "vmlinuz.old", "initrd.img", "initrd.img.old"):
        (root / link).unlink(missing_ok=True)


def write_live_system(root: Path, casper: Path, name: str, epoch: int, *, level: int = 3) -> None:
    """Pack a root filesystem as ``casper/NAME.squashfs``, with its size."""
    call(
        ["mksquashfs", root, casper / f"{name}.squashfs", "-noappend", "-quiet", "-no-progress",
         "-comp", "zstd", "-Xcompression-level", level, "-xattrs"],
        epoch=epoch,
    )  # fmt: skip
    size = sum(path.lstat().st_size for path in root.rglob("*") if not path.is_dir())
    (casper / f"{name}.size").write_text(str(size))


def write_manifests(root: Path, casper: Path) -> None:
    """Write the list of packages, and of those that only serve the live session."""
    packages = [one.package for one in packages_of(root)]
    lines = (f"{one.name}\t{one.version}\n" for one in packages)
    (casper / "filesystem.manifest").write_text("".join(lines))
    (casper / "filesystem.manifest-remove").write_text("\n".join(LIVE_PACKAGES) + "\n")


def boot_files(view: Rootfs, disc: Path, epoch: int) -> None:
    """Write what starts the disc under BIOS and UEFI, with the GRUB of the system itself."""
    grub = disc / "boot" / "grub"
    grub.mkdir(parents=True)
    (grub / "grub.cfg").write_text(GRUB_CFG)
    (view.outside / "tmp" / "find.cfg").write_text(_FIND_CFG)
    for name, platform, modules in (
        ("bios.img", "i386-pc-eltorito", ("biosdisk",)),
        ("bootx64.efi", "x86_64-efi", ("fat", "efi_gop", "efi_uga")),
    ):
        view.run(
            ["grub-mkimage", "-O", platform, "-p", "/boot/grub", "-c", "/tmp/find.cfg",
             "-o", f"/tmp/{name}", *_MODULES, *modules],
            timeout_s=120,
        )  # fmt: skip
        shutil.copyfile(view.outside / "tmp" / name, grub / name)
    hybrid = view.outside / "usr/lib/grub/i386-pc/boot_hybrid.img"
    shutil.copyfile(hybrid, grub / "boot_hybrid.img")
    _esp(grub / "bootx64.efi", grub / "efi.img", epoch)


def _esp(program: Path, target: Path, epoch: int) -> None:
    """Make a small FAT file system that holds the UEFI program."""
    call(["mformat", "-C", "-i", target, "-T", _ESP_KIB * 2, "-N", "5a4f5249", "::"], epoch=epoch)
    for folder in ("::/EFI", "::/EFI/BOOT"):
        call(["mmd", "-i", target, folder], epoch=epoch)
    call(["mcopy", "-i", target, program, "::/EFI/BOOT/BOOTX64.EFI"], epoch=epoch)


def make_iso(disc: Path, target: Path, epoch: int) -> None:
    """Write md5sum.txt, then the ISO; it starts under BIOS and UEFI when ``disc`` can."""
    write_md5(disc)
    part = target.with_suffix(".part")
    part.unlink(missing_ok=True)
    boot: Sequence[str | Path] = ()
    if (disc / "boot/grub/efi.img").exists():
        boot = (
            "-b", "boot/grub/bios.img", "-c", "boot.catalog", "-no-emul-boot",
            "-boot-load-size", "4", "-boot-info-table", "--grub2-boot-info",
            "--grub2-mbr", disc / "boot/grub/boot_hybrid.img",
            "-append_partition", "2", "0xef", disc / "boot/grub/efi.img",
            "-eltorito-alt-boot", "-e", "--interval:appended_partition_2:all::",
            "-no-emul-boot",
        )  # fmt: skip
    dates = ["--set_all_file_dates", f"={epoch}", "--modification-date=" + _iso_date(epoch)]
    command = ["xorriso", "-as", "mkisofs", "-quiet", "-r", "-V", "Zorin OS 18", *dates, *boot]
    call([*command, "-o", part, disc], epoch=epoch)
    part.rename(target)


def write_md5(disc: Path) -> None:
    """List every file's MD5, as Ubuntu's ISOs do."""
    files = sorted(path for path in disc.rglob("*") if path.is_file() and path.name != "md5sum.txt")
    digests = ((hashlib.md5(path.read_bytes()).hexdigest(), path) for path in files)  # noqa: S324
    lines = (f"{digest}  ./{path.relative_to(disc)}\n" for digest, path in digests)
    (disc / "md5sum.txt").write_text("".join(lines))


def call(command: Iterable[object], *, epoch: int | None = None) -> None:
    """Run a program; its messages are in the exception when it fails."""
    environ = {**os.environ, "LC_ALL": "C"}
    if epoch is not None:
        environ["SOURCE_DATE_EPOCH"] = str(epoch)
    words = [str(word) for word in command]
    done = subprocess.run(words, env=environ, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{words[0]}: {done.stderr[-2000:]}")


def _iso_date(epoch: int) -> str:
    return datetime.fromtimestamp(epoch, UTC).strftime("%Y%m%d%H%M%S00")


if __name__ == "__main__":
    made = standin(Path(sys.argv[1]))
    sys.stdout.write(f"{made.path} {made.sha256}\n")
