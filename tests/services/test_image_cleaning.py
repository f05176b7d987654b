# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What cleaning removes from a root filesystem, and what it must not touch."""

from __future__ import annotations

import hashlib
import struct
from pathlib import Path

import pytest

from fleet.services.image_cleaning import RULES, clean
from fleet.services.image_keystore import dated_keystore

_DAY = 86400
_EPOCH = 20_000 * _DAY


def _fill(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("content\n")


@pytest.mark.parametrize(
    "name",
    [
        "etc/ssh/ssh_host_ed25519_key",
        "etc/ssl/private/ssl-cert-snakeoil.key",
        "etc/passwd-",
        "etc/resolv.conf",
        "root/.cache/pip/x",
        "tmp/left",
        "usr/share/fonts/truetype/.uuid",
        "var/cache/apt/pkgcache.bin",
        "var/cache/fontconfig/x.cache-9",
        "var/cache/ldconfig/aux-cache",
        "var/lib/apt/lists/x_Packages",
        "var/lib/dbus/machine-id",
        "var/lib/dpkg/status-old",
        "var/lib/NetworkManager/secret_key",
        "var/lib/systemd/credential.secret",
        "var/lib/systemd/random-seed",
        "var/log/apt/history.log",
    ],
)
def test_trace_is_removed(tmp_path: Path, name: str) -> None:
    _fill(tmp_path, name)

    clean(tmp_path, _EPOCH)

    assert not (tmp_path / name).exists()


def test_what_a_system_needs_stays(tmp_path: Path) -> None:
    kept = (
        "etc/passwd",
        "etc/ssh/sshd_config",
        "etc/NetworkManager/system-connections/school.nmconnection",
        "var/cache/debconf/config.dat",
        "var/lib/apt/extended_states",
        "var/lib/dpkg/status",
        "usr/lib/python3/x.pyc",
    )
    _fill(tmp_path, *kept)

    assert clean(tmp_path, _EPOCH) == ()

    assert all((tmp_path / name).read_text() == "content\n" for name in kept)


def test_machine_id_is_left_empty_and_a_log_with_an_owner_stays(tmp_path: Path) -> None:
    _fill(tmp_path, "etc/machine-id")
    (tmp_path / "var/log/service").mkdir(parents=True)
    (tmp_path / "var/log/service/empty.log").touch()

    cleaned = clean(tmp_path, _EPOCH)

    assert (tmp_path / "etc/machine-id").read_bytes() == b""
    assert (tmp_path / "var/log/service/empty.log").exists()
    assert [done.paths for done in cleaned] == [("etc/machine-id",)]


def test_passwords_are_dated_of_the_image_but_one_that_must_be_changed(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    shadow = tmp_path / "etc/shadow"
    shadow.write_text("root:*:20700:0:99999:7:::\npupil:x:0:0:99999:7:::\ndaemon:*::0:99999:7:::\n")
    shadow.chmod(0o640)

    clean(tmp_path, _EPOCH)

    days = [line.split(":")[2] for line in shadow.read_text().splitlines()]
    assert days == ["20000", "0", ""]
    assert shadow.stat().st_mode & 0o777 == 0o640


def _keystore(*moments_ms: int) -> bytes:
    entries = b"".join(
        struct.pack(">IH4sQH5sI3s", 2, 4, b"root", moment, 5, b"X.509", 3, b"der")
        for moment in moments_ms
    )
    body = struct.pack(">III", 0xFEEDFEED, 2, len(moments_ms)) + entries
    keyed = "changeit".encode("utf-16-be") + b"Mighty Aphrodite" + body
    return body + hashlib.sha1(keyed, usedforsecurity=False).digest()


def test_java_authorities_are_dated_of_the_image(tmp_path: Path) -> None:
    keystore = tmp_path / "etc/ssl/certs/java/cacerts"
    keystore.parent.mkdir(parents=True)
    keystore.write_bytes(_keystore(1_795_339_756_858, 1_795_339_839_622))

    clean(tmp_path, _EPOCH)

    assert keystore.read_bytes() == _keystore(_EPOCH * 1000, _EPOCH * 1000)


@pytest.mark.parametrize("content", [b"", b"PKCS12 or anything", _keystore(5)[:-1] + b"!"])
def test_other_keystore_is_left_as_it_is(content: bytes) -> None:
    assert dated_keystore(content, _EPOCH) == content


def test_links_never_lead_the_cleaning_out_of_the_root(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    _fill(outside, "history.log", "lists/x", "certificate")
    (root / "var/lib/apt").mkdir(parents=True)
    (root / "etc/ssl/certs").mkdir(parents=True)
    (root / "var/log").symlink_to(outside)
    (root / "var/lib/apt/lists").symlink_to(outside / "lists")
    (root / "etc/resolv.conf").symlink_to("/run/systemd/resolve/stub-resolv.conf")
    (root / "etc/ssl/certs/0123abcd.0").symlink_to("ssl-cert-snakeoil.pem")

    clean(root, _EPOCH)

    assert {path.name for path in outside.rglob("*")} == {
        "history.log",
        "lists",
        "x",
        "certificate",
    }
    assert (root / "etc/resolv.conf").is_symlink()
    assert not (root / "etc/ssl/certs/0123abcd.0").is_symlink()


def test_every_rule_has_a_reason_and_stays_in_the_root() -> None:
    assert all(rule.why and not rule.pattern.startswith(("/", "..")) for rule in RULES)
    assert len({rule.pattern for rule in RULES}) == len(RULES)
