# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""remote_access, as sshd, sudo and nft themselves read it, and with real packets."""

from __future__ import annotations

import subprocess
from typing import Any

import pytest

from tests.roles.harness import Chroot, RoleFailed

pytestmark = [pytest.mark.root, pytest.mark.slow, pytest.mark.timeout(600)]
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl essai"
SCHOOL: dict[str, Any] = {
    "remote_access_ssh": True,
    "remote_access_admin_networks": ["10.20.0.0/16", "fd00:20::/48"],
    "remote_access_accounts": [{"name": "technicien", "keys": [KEY]}],
    "remote_access_mdns": True,
    "remote_access_open_ports": [{"port": 11100, "networks": ["10.20.30.0/24"]}],
}


def test_administrators_enter_by_key_and_nobody_by_password(chroot: Chroot) -> None:
    chroot.apply_twice("remote_access", SCHOOL, packages=True)

    chroot.shell("mkdir -p /run/sshd && ssh-keygen -A")
    words = "user=technicien,host=poste,addr=10.20.1.1"
    settings = chroot.run("sshd", "-T", "-C", words).stdout.lower()
    assert "passwordauthentication no" in settings
    assert "permitrootlogin no" in settings
    assert "allowgroups parclibre-ssh" in settings
    assert chroot.read("/etc/ssh/authorized_keys.d/technicien") == f"{KEY}\n"
    assert chroot.shell("getent shadow technicien").split(":")[1] == "*"
    assert "NOPASSWD" in chroot.run("sudo", "-l", "-U", "technicien").stdout
    assert chroot.run("nft", "-c", "-f", "/etc/nftables.conf").status == 0
    chroot.apply_twice("remote_access", {"remote_access_ssh": False})
    assert chroot.shell("readlink /etc/systemd/system/ssh.service") == "/dev/null\n"
    assert not chroot.exists("/etc/sudoers.d/parclibre-ssh")


# A neighbour, in its own network namespace, knocks at the doors of $1 from two addresses.
KNOCK = """
machine=$1; shift
ip link set lo up
ip link add there type veth peer name here netns $machine
ip addr add 10.20.9.9/8 dev there && ip addr add 10.99.9.9/8 dev there
ip link set there up
here() { nsenter -t $machine -n "$@"; }
here ip link set lo up
here ip addr add 10.20.0.1/8 dev here && here ip link set here up
trap 'kill $(jobs -p)' EXIT
for port in 22 631 8080 11100; do here python3 -m http.server $port >/dev/null 2>&1 & done
sleep 4
knock() {
    python3 - "$@" 2>/dev/null <<'PYTHON' && echo "$1 $2 open" || echo "$1 $2 closed"
import socket, sys
socket.create_connection(("10.20.0.1", int(sys.argv[2])), 2, (sys.argv[1], 0))
PYTHON
}
everything() {
    for address in 10.20.9.9 10.99.9.9; do
        for port in 22 631 8080 11100; do knock $address $port; done
    done
}
everything
"$@" nft -f /etc/nftables.conf
"$@" nft -f /etc/nftables.conf
echo after
everything
"""


def test_only_the_listed_doors_open_to_the_listed_networks(chroot: Chroot) -> None:
    chroot.apply("remote_access", SCHOOL, packages=True)
    target = next(word for word in chroot.rootfs.enter if word.startswith("--target="))
    words = (target.removeprefix("--target="), *chroot.rootfs.enter)

    knocked = subprocess.run(
        ["unshare", "-n", "bash", "-euc", KNOCK, "bash", *words],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip

    assert knocked.returncode == 0, knocked.stderr
    before, after = knocked.stdout.split("after\n")
    assert before.count("open") == 8
    assert [line for line in after.splitlines() if "open" in line] == ["10.20.9.9 22 open"]
    assert after.count("closed") == 7


def test_every_mistake_is_said_at_once(chroot: Chroot) -> None:
    bad = {
        "remote_access_ssh": True,
        "remote_access_accounts": [{"name": "Jean Paul", "keys": ["pas une clé"]}],
    }

    with pytest.raises(RoleFailed) as failed:
        chroot.apply("remote_access", bad)

    assert "remote_access_admin_networks" in str(failed.value)
    assert "Jean Paul" in str(failed.value)
    assert "pas une clé" in str(failed.value)
