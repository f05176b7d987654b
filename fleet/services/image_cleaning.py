# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a root filesystem must lose before it is packed: its identity, secrets, traces, caches.

What is left is the same on every machine that gets the image, and the same each time the image
is built.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from fleet.services.image_keystore import dated_keystore

_DAY_S = 86400
_LAST_CHANGE = 2


class Action(Enum):
    """What becomes of what a pattern names."""

    REMOVE = "remove"
    TRUNCATE = "truncate"
    EMPTY_FOLDER = "empty folder"
    REMOVE_FILES = "remove the files below"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One thing to do; ``pattern`` is a glob relative to the root."""

    action: Action
    pattern: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaned:
    """What one rule changed; paths are relative to the root."""

    rule: Rule
    paths: tuple[str, ...]


def _rules(action: Action, why: str, *patterns: str) -> tuple[Rule, ...]:
    return tuple(Rule(action=action, pattern=pattern, why=why) for pattern in patterns)


RULES: tuple[Rule, ...] = (
    # machine-id(5): empty in images used on several machines. "uninitialized" would make the
    # first start a "first boot", which resets every unit to its preset.
    *_rules(Action.TRUNCATE, "identity", "etc/machine-id"),
    *_rules(
        Action.REMOVE,
        "identity",
        "var/lib/dbus/machine-id",
        "etc/ssh/ssh_host_*",
        "etc/hostname",
        "etc/mailname",
        "etc/ssl/certs/ssl-cert-snakeoil.pem",
        "etc/ssl/private/ssl-cert-snakeoil.key",
        "etc/iscsi/initiatorname.iscsi",
        "etc/nvme/hostid",
        "etc/nvme/hostnqn",
    ),
    *_rules(
        Action.REMOVE,
        "secret",
        "var/lib/systemd/random-seed",
        "var/lib/systemd/credential.secret",
        "var/lib/urandom/random-seed",
        "boot/efi/loader/random-seed",
        "var/lib/NetworkManager/secret_key",
        "etc/cups/ssl/*",
    ),
    *_rules(
        Action.REMOVE,
        "network of the build",
        "var/lib/NetworkManager/*.lease",
        "var/lib/NetworkManager/*.state",
        "var/lib/NetworkManager/timestamps",
        "var/lib/NetworkManager/seen-bssids",
        "var/lib/dhcp/*.leases",
        "var/lib/dhcpcd/*",
    ),
    *_rules(Action.TRUNCATE, "log", "var/log/wtmp", "var/log/btmp", "var/log/lastlog"),
    *_rules(Action.EMPTY_FOLDER, "log", "var/log/journal", "var/log/installer"),
    *_rules(Action.REMOVE_FILES, "log", "var/log"),
    *_rules(
        Action.REMOVE,
        "backup that a program keeps of what it changed",
        "etc/passwd-",
        "etc/shadow-",
        "etc/group-",
        "etc/gshadow-",
        "etc/subuid-",
        "etc/subgid-",
        "etc/.pwd.lock",
        "var/lib/dpkg/*-old",
        "var/lib/dpkg/lock*",
        "var/lib/dpkg/triggers/Lock",
        "var/cache/debconf/*-old",
        "var/lib/ucf/hashfile.*",
        "var/lib/ucf/registry.*",
    ),
    *_rules(
        Action.EMPTY_FOLDER,
        "cache that is made again when needed",
        "var/lib/apt/lists",
        "var/lib/apt/periodic",
        "var/cache/apt/archives",
        "var/cache/fontconfig",
        "var/cache/ldconfig",
        "var/cache/man",
        "var/cache/swcatalog/cache",
        "var/cache/app-info",
    ),
    *_rules(
        Action.REMOVE,
        "cache that is made again when needed",
        "var/cache/apt/*.bin",
        "usr/share/fonts/.uuid",
        "usr/share/fonts/**/.uuid",
    ),
    *_rules(
        Action.REMOVE,
        "trace of the build",
        "root/.bash_history",
        "root/.ansible",
        "root/.cache",
        "root/.lesshst",
        "root/.python_history",
        "root/.viminfo",
        "root/.wget-hsts",
        "etc/apt/apt.conf.d/99mmdebstrap",
        "etc/dpkg/dpkg.cfg.d/99mmdebstrap",
    ),
    *_rules(Action.EMPTY_FOLDER, "scratch", "tmp", "var/tmp", "run"),
)


def clean(root: Path, epoch: int) -> tuple[Cleaned, ...]:
    """Apply every rule to a folder that holds a root filesystem; return what was changed.

    A path that goes through a symbolic link is left alone: it could lead out of the root.
    """
    cleaned = [Cleaned(rule=rule, paths=tuple(_apply(rule, root))) for rule in RULES]
    _forget_resolver(root)
    _forget_certificate_links(root)
    _date_passwords(root / "etc/shadow", epoch)
    _date_java_authorities(root, epoch)
    return tuple(done for done in cleaned if done.paths)


def _apply(rule: Rule, root: Path) -> Iterator[str]:
    act = _ACTIONS[rule.action]
    for path in sorted(root.glob(rule.pattern)):
        if not _leads_out(path, root):
            for changed in act(path):
                yield str(changed.relative_to(root))


def _leads_out(path: Path, root: Path) -> bool:
    between = path.relative_to(root).parents
    return any((root / parent).is_symlink() for parent in between if parent.parts)


def _remove(path: Path) -> Iterator[Path]:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()
    yield path


def _truncate(path: Path) -> Iterator[Path]:
    if path.is_file() and not path.is_symlink() and path.stat().st_size:
        path.write_bytes(b"")
        yield path


def _empty_folder(path: Path) -> Iterator[Path]:
    if path.is_dir() and not path.is_symlink():
        for entry in sorted(path.iterdir()):
            yield from _remove(entry)


def _remove_files(path: Path) -> Iterator[Path]:
    """Remove the files below, but for the empty ones, which packages put there with an owner."""
    for entry in () if path.is_symlink() else sorted(path.rglob("*")):
        if entry.is_file() and not entry.is_symlink() and entry.stat().st_size:
            yield from _remove(entry)


_ACTIONS: dict[Action, Callable[[Path], Iterator[Path]]] = {
    Action.REMOVE: _remove,
    Action.TRUNCATE: _truncate,
    Action.EMPTY_FOLDER: _empty_folder,
    Action.REMOVE_FILES: _remove_files,
}


def _forget_resolver(root: Path) -> None:
    """Remove a resolver that is not a link to what runs on the machine."""
    resolver = root / "etc/resolv.conf"
    if resolver.is_file() and not resolver.is_symlink() and not _leads_out(resolver, root):
        resolver.unlink()


def _forget_certificate_links(root: Path) -> None:
    """Remove the links, named by digest, to the certificate that was removed."""
    for link in (root / "etc/ssl/certs").glob("*.[0-9]"):
        named = link.is_symlink() and str(link.readlink()).endswith("ssl-cert-snakeoil.pem")
        if named and not _leads_out(link, root):
            link.unlink()


def _date_passwords(shadow: Path, epoch: int) -> None:
    """Date every password of the image's day; 0 asks for a change at the first login."""
    if not shadow.is_file() or shadow.is_symlink() or shadow.parent.is_symlink():
        return
    lines = [_dated(line, epoch // _DAY_S) for line in shadow.read_text().splitlines()]
    shadow.write_text("".join(f"{line}\n" for line in lines))


def _date_java_authorities(root: Path, epoch: int) -> None:
    keystore = root / "etc/ssl/certs/java/cacerts"
    if keystore.is_file() and not keystore.is_symlink() and not _leads_out(keystore, root):
        content = keystore.read_bytes()
        if (dated := dated_keystore(content, epoch)) != content:
            keystore.write_bytes(dated)


def _dated(line: str, day: int) -> str:
    fields = line.split(":")
    if len(fields) > _LAST_CHANGE and fields[_LAST_CHANGE] not in ("", "0"):
        fields[_LAST_CHANGE] = str(day)
    return ":".join(fields)
