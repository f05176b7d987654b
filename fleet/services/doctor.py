# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What this computer has, and what it lacks, for each task; with the command that installs it.

Package names are those of Debian 12 and 13.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from fleet.adapters import process
from fleet.errors import FleetError
from fleet.i18n import _

LONGEST_S = 5
_POSTGRESQL_FOLDER = Path("/usr/lib/postgresql")


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One thing a task needs. ``found`` is its version, None when it is missing.

    ``install`` is the command that installs it; empty when it is there.
    """

    name: str
    found: str | None
    install: str
    optional: bool = False


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


def examine() -> tuple[Task, ...]:
    """Return each task with what was found here; programs are asked for their version."""
    return tuple(
        Task(code=code, title=title, needs=tuple(check() for check in checks))
        for code, title, checks in _tasks()
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
    yield "spreadsheets", _("Spreadsheets and inventories"), (
        _library("python-calamine"), _library("defusedxml"), _library("pyyaml"), _library("jc"),
    )  # fmt: skip
    yield "postgresql", _("Shared store on PostgreSQL"), (
        _library("psycopg"), _program("psql", "postgresql-client", optional=True), _server,
    )  # fmt: skip
    yield "images", _("Build images"), (
        _program("ansible-playbook", "ansible"), _program("mmdebstrap", "mmdebstrap"),
        _program("mksquashfs", "squashfs-tools"),
        _program("qemu-system-x86_64", "qemu-system-x86"),
    )  # fmt: skip
    yield "rooms", _("Install a room from the network"), (
        _program("dnsmasq", "dnsmasq-base"), _program("nginx", "nginx-light"),
        _program("udp-sender", "udpcast", optional=True),
    )  # fmt: skip
    yield "bench", _("Wipe and test at the bench"), (
        _program("nvme", "nvme-cli"), _program("hdparm", "hdparm"),
        _program("smartctl", "smartmontools"), _program("lsblk", "util-linux"),
    )  # fmt: skip


def _python() -> Need:
    found = ".".join(map(str, sys.version_info[:3]))
    enough = sys.version_info >= (3, 11)
    return Need(name="python3", found=found if enough else None, install=_apt("python3"))


def _library(name: str) -> Check:
    def check() -> Need:
        try:
            return Need(name=name, found=version(name), install="")
        except PackageNotFoundError:
            return Need(name=name, found=None, install="make setup")

    return check


def _program(name: str, package: str, *, optional: bool = False) -> Check:
    def check() -> Need:
        found = _program_version(name)
        install = "" if found is not None else _apt(package)
        return Need(name=name, found=found, install=install, optional=optional)

    return check


def _server() -> Need:
    """A PostgreSQL server of this computer; it may as well be on another one."""
    versions = [int(path.name) for path in _POSTGRESQL_FOLDER.glob("*") if path.name.isdigit()]
    found = str(max(versions)) if versions else None
    install = "" if found else _apt("postgresql")
    return Need(name="postgresql", found=found, install=install, optional=True)


def _apt(package: str) -> str:
    sudo = "" if os.geteuid() == 0 else "sudo "
    return f"{sudo}apt-get install {package}"


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
