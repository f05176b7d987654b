# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""remote_access, as sshd, sudo and nft themselves read it, and with real packets."""

from __future__ import annotations

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


# A neighbour in its own network namespace knocks at our doors, from two addresses.
KNOCK = """
ip link set lo up
unshare -n sleep 60 & neighbour=$!
sleep 0.5
ip link add here type veth peer name there netns $neighbour
ip addr add 10.20.0.1/8 dev here && ip link set here up
inside() { nsenter -t $neighbour -n "$@"; }
inside ip addr add 10.20.9.9/8 dev there
inside ip addr add 10.99.9.9/8 dev there
inside ip link set there up
for port in 22 631 8080 11100; do python3 -m http.server $port >/dev/null 2>&1 & done
sleep 2
knock() {
    inside python3 - "$@" <<'PYTHON' && echo "$1 $2 open" || echo "$1 $2 closed"
import socket, sys
socket.create_connection(("10.20.0.1", int(sys.argv[2])), 1, (sys.argv[1], 0))
PYTHON
}
all() { for a in 10.20.9.9 10.99.9.9; do for p in 22 631 8080 11100; do knock $a $p 2>/dev/null
done; done; }
echo before; all
nft -f /etc/nftables.conf
nft -f /etc/nftables.conf
echo after; all
inside ping -c 1 -W 2 -I 10.99.9.9 10.20.0.1 >/dev/null && echo ping
kill $neighbour
"""


def test_only_the_listed_doors_open_to_the_listed_networks(chroot: Chroot) -> None:
    chroot.packages.download(("iproute2", "iputils-ping"))
    more = {"package_set_names": ["iproute2", "iputils-ping"], "package_set_mode": "install"}
    chroot.apply("package_set", more)
    chroot.apply("remote_access", SCHOOL, packages=True)

    told = chroot.shell(KNOCK).split("after\n")

    assert "closed" not in told[0]
    assert set(told[1].splitlines()) == {
        "10.20.9.9 22 open", "10.20.9.9 631 closed", "10.20.9.9 8080 closed",
        "10.20.9.9 11100 closed", "10.99.9.9 22 closed", "10.99.9.9 631 closed",
        "10.99.9.9 8080 closed", "10.99.9.9 11100 closed", "ping",
    }  # fmt: skip


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
