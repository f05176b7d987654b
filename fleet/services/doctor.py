# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What this computer has, and what it lacks, for each task; with the command that installs it.

Package names are those of Debian 12 and 13.
"""

from __future__ import annotations

import os
import re
import shlex
import sys
from collections.abc import Callable, Iterator, Sequence
from ctypes.util import find_library
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from fleet.adapters import process
from fleet.errors import FleetError
from fleet.i18n import _

LONGEST_S = 5
INSTALL_S = 1800
_POSTGRESQL_FOLDER = Path("/usr/lib/postgresql")


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One thing a task needs. ``found`` is its version, None when it is missing.

    ``install`` is the command that installs it, ``package`` its Debian package; both are empty
    when it is there, and ``package`` for what is not Debian's.
    """

    name: str
    found: str | None
    install: str
    optional: bool = False
    package: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A task with all it needs."""

    code: str
    title: str
    needs: tuple[Need, ...]

    @property
    def possible(self) -> bool:
        """Tell whether nothing that the task cannot do without is missing."""
        return all(need.found is not None or need.optional for need in self.needs)


Check = Callable[[], Need]


def task_codes() -> tuple[str, ...]:
    """Return the names of the tasks."""
    return tuple(code for code, _title, _checks in _tasks())


def examine(only: str | None = None) -> tuple[Task, ...]:
    """Return each task, or one, with what was found here; programs are asked for their version."""
    return tuple(
        Task(code=code, title=title, needs=tuple(check() for check in checks))
        for code, title, checks in _tasks()
        if only in (None, code)
    )


def _tasks() -> Iterator[tuple[str, str, tuple[Check, ...]]]:
    yield "console", _("Console and command line"), (
        _python, _library("textual"), _library("sqlalchemy"), _library("msgspec"),
        _library("cryptography"), _library("zstandard"),
    )  # fmt: skip
    yield "collector", _("Collect a report on this PC"), (
        _program("dmidecode", "dmidecode"), _program("lsblk", "util-linux"),
        _program("lscpu", "util-linux"), _program("smartctl", "smartmontools"),
        _program("lshw", "lshw"), _program("upower", "upower", optional=True),
    )  # fmt: skip
    yield "labels", _("Labels with QR codes"), (_library("segno"), _library("fpdf2"))
    yield "documents", _("Certificates and other PDF documents"), (
        _library("jinja2"), _library("weasyprint"),
        _shared("pangoft2-1.0", "libpangoft2-1.0-0"),
        _shared("harfbuzz-subset", "libharfbuzz-subset0", optional=True),
        _file("fonts-dejavu-core", Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")),
    )  # fmt: skip
    yield "spreadsheets", _("Spreadsheets and inventories"), (_library("pyyaml"),)
    yield "postgresql", _("Shared store on PostgreSQL"), (
        _library("psycopg"), _program("psql", "postgresql-client", optional=True), _server,
    )  # fmt: skip
    yield "image", _("Build images and prove that they boot"), (
        _library("ansible-core", _image_libraries()),
        _library("ansible-runner", _image_libraries()),
        _program("mmdebstrap", "mmdebstrap"), _program("mksquashfs", "squashfs-tools"),
        _program("nsenter", "util-linux"), _program("xorriso", "xorriso"), *_install_programs(),
        _program("qemu-system-x86_64", "qemu-system-x86"), _program("qemu-img", "qemu-utils"),
        _file("ovmf", Path("/usr/share/OVMF/OVMF_VARS_4M.ms.fd")),
    )  # fmt: skip
    yield "install", _("Install an image on a PC"), _install_programs()
    yield "key", _("Make a key that starts a PC"), (
        _program("mkfs.fat", "dosfstools"), _program("mcopy", "mtools"),
        _program("mke2fs", "e2fsprogs"), _program("unsquashfs", "squashfs-tools"),
        _program("wipefs", "util-linux"), _program("xorriso", "xorriso", optional=True),
    )  # fmt: skip
    yield "rooms", _("Install a room from the network"), (
        _program("dnsmasq", "dnsmasq-base"), _program("nginx", "nginx-light"),
        _program("udp-sender", "udpcast", optional=True),
    )  # fmt: skip
    yield "bench", _("Wipe and test at the bench"), (
        _program("nvme", "nvme-cli"), _program("hdparm", "hdparm"),
        _program("smartctl", "smartmontools"), _program("lsblk", "util-linux"),
    )  # fmt: skip


def _install_programs() -> tuple[Check, ...]:
    return (
        _program("sgdisk", "gdisk"), _program("mke2fs", "e2fsprogs"), _program("mcopy", "mtools"),
        _program("unsquashfs", "squashfs-tools"), _program("wipefs", "util-linux"),
        _program("ssh-keygen", "openssh-client"),
    )  # fmt: skip


def install(task: Task) -> None:
    """Install what a task lacks: Debian's packages as root or by sudo, libraries in our venv.

    Raises FleetError when an installation fails.
    """
    missing = [need for need in task.needs if need.found is None]
    packages = sorted({need.package for need in missing if need.package})
    if packages:
        _install_packages(packages)
    for line in sorted({need.install for need in missing if not need.package}):
        process.run(shlex.split(line), timeout_s=INSTALL_S)


def _install_packages(packages: Sequence[str]) -> None:
    apt = [*shlex.split(_as_root()), "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "--quiet"]
    process.run([*apt, "update"], timeout_s=INSTALL_S)
    process.run(
        [*apt, "--yes", "--no-install-recommends", "install", *packages], timeout_s=INSTALL_S
    )


def _image_libraries() -> str:
    """Return the command that adds the ``image`` libraries to the environment we run in.

    A clone has them pinned with their digests; an installed package names its extra.
    """
    pip = shlex.join([sys.executable, "-m", "pip", "install", "--quiet"])
    pinned = Path(__file__).parents[2] / "requirements-image.txt"
    if pinned.is_file():
        return f"{pip} --require-hashes --requirement {shlex.quote(str(pinned))}"
    return f"{pip} 'parclibre[image]'"


def _file(package: str, path: Path) -> Check:
    """A file that a package brings."""

    def check() -> Need:
        if path.exists():
            return Need(name=package, found=str(path), install="")
        return Need(name=package, found=None, install=_apt(package), package=package)

    return check


def _shared(name: str, package: str, *, optional: bool = False) -> Check:
    """A shared library, as the loader finds it."""

    def check() -> Need:
        found = find_library(name)
        if found is not None:
            return Need(name=package, found=found, install="", optional=optional)
        install = _apt(package)
        return Need(name=package, found=None, install=install, optional=optional, package=package)

    return check


def _python() -> Need:
    found = ".".join(map(str, sys.version_info[:3]))
    enough = sys.version_info >= (3, 11)
    return Need(name="python3", found=found if enough else None, install=_apt("python3"))


def _library(name: str, install: str = "make setup") -> Check:
    def check() -> Need:
        try:
            return Need(name=name, found=version(name), install="")
        except PackageNotFoundError:
            return Need(name=name, found=None, install=install)

    return check


def _program(name: str, package: str, *, optional: bool = False) -> Check:
    def check() -> Need:
        found = _program_version(name)
        if found is not None:
            return Need(name=name, found=found, install="", optional=optional)
        install = _apt(package)
        return Need(name=name, found=None, install=install, optional=optional, package=package)

    return check


def _server() -> Need:
    """A PostgreSQL server of this computer; it may as well be on another one."""
    versions = [int(path.name) for path in _POSTGRESQL_FOLDER.glob("*") if path.name.isdigit()]
    found = str(max(versions)) if versions else None
    install = "" if found else _apt("postgresql")
    package = "" if found else "postgresql"
    return Need(name="postgresql", found=found, install=install, optional=True, package=package)


def _apt(package: str) -> str:
    return f"{_as_root()}apt-get install {package}"


def _as_root() -> str:
    return "" if os.geteuid() == 0 else "sudo "


def _program_version(name: str) -> str | None:
    """Return the first version number a program tells; its path when it tells none."""
    program = process.find(name)
    if program is None:
        return None
    for option in ("--version", "-version", "-V", "-v"):
        told = re.search(r"\d+\.\d[\w.]*", _said(name, option))
        if told is not None:
            return told[0]
    return program


def _said(program: str, option: str) -> str:
    try:
        done = process.run([program, option], timeout_s=LONGEST_S, check=False)
    except FleetError:
        return ""
    return done.stdout + done.stderr if done.status == 0 else ""
