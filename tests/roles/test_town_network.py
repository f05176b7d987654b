# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The town_network role: proxy, certificate authorities, time servers."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.roles.harness import PROJECT, Chroot, RoleFailed

_CHECK = PROJECT / "roles" / "town_network" / "files" / "check_authority.py"


def _certificate(folder: Path, name: str, *, authority: bool = True, days: int = 30) -> Path:
    made = folder / f"{name}.pem"
    subprocess.run(
        [
            "openssl", "req", "-x509", "-nodes", "-newkey", "ec",
            "-pkeyopt", "ec_paramgen_curve:P-256", "-keyout", str(folder / f"{name}.key"),
            "-out", str(made), "-days", str(days), "-subj", f"/CN={name}",
            "-addext", f"basicConstraints=critical,CA:{str(authority).upper()}",
        ],
        check=True, capture_output=True,
    )  # fmt: skip
    return made


def _expired(folder: Path) -> Path:
    current, old = _certificate(folder, "old"), folder / "expired.pem"
    subprocess.run(
        [
            "openssl", "x509", "-in", str(current), "-signkey", str(folder / "old.key"),
            "-days", "-1", "-out", str(old),
        ],
        check=True, capture_output=True,
    )  # fmt: skip
    return old


def _problems(*paths: Path) -> list[str]:
    done = subprocess.run(
        [sys.executable, str(_CHECK), *map(str, paths)], check=True, capture_output=True, text=True
    )
    found: list[str] = json.loads(done.stdout)
    return found


def test_an_authority_that_is_valid_now_is_accepted(tmp_path: Path) -> None:
    assert _problems(_certificate(tmp_path, "ville")) == []


def test_each_bad_certificate_is_named_with_its_reason(tmp_path: Path) -> None:
    text = tmp_path / "letter.pem"
    text.write_text("Bonjour\n", encoding="ascii")
    cut = tmp_path / "cut.pem"
    whole = _certificate(tmp_path, "ville").read_text(encoding="ascii").splitlines()
    cut.write_text("\n".join([*whole[:3], whole[-1]]), encoding="ascii")

    found = _problems(
        _certificate(tmp_path, "site", authority=False), _expired(tmp_path), text, cut,
        tmp_path / "ville.key", tmp_path / "none.pem",
    )  # fmt: skip

    reasons = (
        "is not a certificate authority", "expired on", "must hold one PEM", "not a readable",
        "private key", "no such file",
    )  # fmt: skip
    assert len(found) == len(reasons)
    for problem, reason in zip(found, reasons, strict=True):
        assert reason in problem


@pytest.mark.root
def test_the_proxy_and_the_authority_come_and_go(chroot: Chroot, tmp_path: Path) -> None:
    authority = _certificate(tmp_path, "ville")
    given = {
        "town_network_proxy_mode": "manual",
        "town_network_proxy_url": "http://proxy.example.fr:3128",
        "town_network_certificates": [str(authority)],
        "town_network_ntp_servers": ["temps.example.fr"],
    }
    before = chroot.read("/etc/environment") if chroot.exists("/etc/environment") else ""

    chroot.apply_twice("town_network", given)

    assert chroot.shell("apt-config dump Acquire::http::Proxy").strip() == (
        'Acquire::http::Proxy "http://proxy.example.fr:3128/";'
    )
    assert "https_proxy=http://proxy.example.fr:3128" in chroot.read("/etc/environment")
    desktops = chroot.read("/etc/dconf/db/local.d/40-parclibre-proxy")
    assert "host='proxy.example.fr'\nport=3128" in desktops
    assert "NTP=temps.example.fr" in chroot.read("/etc/systemd/timesyncd.conf.d/60-parclibre.conf")
    pem = authority.read_text(encoding="ascii").split("\n")[1]
    assert pem in chroot.read("/etc/ssl/certs/ca-certificates.crt")

    # Without variables, everything that the role wrote is gone.
    chroot.apply_twice("town_network")
    assert pem not in chroot.read("/etc/ssl/certs/ca-certificates.crt")
    assert chroot.read("/etc/environment").strip() == before.strip()
    for path in (
        "/etc/apt/apt.conf.d/60parclibre-proxy", "/etc/dconf/db/local.d/40-parclibre-proxy",
        "/etc/systemd/timesyncd.conf.d/60-parclibre.conf",
    ):  # fmt: skip
        assert not chroot.exists(path)


@pytest.mark.root
def test_every_bad_value_is_said_at_once(chroot: Chroot, tmp_path: Path) -> None:
    with pytest.raises(RoleFailed) as refused:
        chroot.apply(
            "town_network",
            {
                "town_network_proxy_mode": "manual",
                "town_network_proxy_url": "http://marie:secret@proxy.example.fr",
                "town_network_certificates": [str(_expired(tmp_path)), str(tmp_path / "none.pem")],
                "town_network_ntp_servers": ["pas un serveur"],
            },
        )

    for words in ("no name or password", "expired on", "no such file", "is not a server"):
        assert words in str(refused.value)
    assert not chroot.exists("/usr/local/share/ca-certificates/parclibre")
