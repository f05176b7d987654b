# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The desktop role: login screen, defaults of the sessions, kiosk."""

from __future__ import annotations

import configparser
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from fleet.adapters.ansible import collect_packages
from tests.roles.harness import PROJECT, Chroot, RoleFailed, open_chroot

pytestmark = [pytest.mark.root, pytest.mark.xdist_group("desktop")]
_CHANNELS = "/etc/parclibre/xdg/xfce4/xfconf/xfce-perchannel-xml"


@pytest.fixture(scope="module")
def xfce(role_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chroot]:
    """A Debian on which the role was played twice, for Xfce; tests look at it only."""
    with open_chroot(role_cache, tmp_path_factory.mktemp("xfce")) as chroot:
        chroot.apply_twice("desktop", {"desktop_environment": "xfce"})
        yield chroot


@pytest.fixture(scope="module")
def kiosk(role_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chroot]:
    """A Debian on which the role was played twice, for a kiosk."""
    given = {"desktop_environment": "kiosk", "desktop_kiosk_url": "https://example.fr/a?b=1"}
    with open_chroot(role_cache, tmp_path_factory.mktemp("kiosk")) as chroot:
        chroot.apply_twice("desktop", given)
        yield chroot


def _ini(chroot: Chroot, path: str) -> configparser.SectionProxy:
    parser = configparser.ConfigParser(interpolation=None)
    parser.read_string(chroot.read(path))
    return parser[parser.sections()[0]]


def _properties(chroot: Chroot, channel: str) -> dict[str, str]:
    tree = ET.fromstring(chroot.read(f"{_CHANNELS}/{channel}.xml"))  # noqa: S314
    return {
        node.attrib["name"]: node.attrib["value"]
        for node in tree.iter("property")
        if "value" in node.attrib
    }


def test_xfce_locks_after_ten_minutes_and_asks_nothing(xfce: Chroot) -> None:
    seat = _ini(xfce, "/etc/lightdm/lightdm.conf.d/50-parclibre.conf")
    assert seat["user-session"] == "xfce"
    assert seat["greeter-hide-users"] == "false"
    assert seat["greeter-setup-script"] == "/usr/bin/numlockx on"
    power = _properties(xfce, "xfce4-power-manager")
    assert (power["blank-on-ac"], power["inactivity-on-ac"]) == ("10", "14")
    assert _properties(xfce, "xfce4-session")["SaveOnExit"] == "false"
    assert "whiskermenu" in _properties(xfce, "xfce4-panel").values()
    assert "Hidden=false" in xfce.read("/etc/parclibre/xdg/autostart/light-locker.desktop")
    target = xfce.run("readlink", "/etc/systemd/system/default.target").stdout
    assert target.strip() == "/usr/lib/systemd/system/graphical.target"


def test_a_session_reads_our_defaults_before_those_of_the_packages(xfce: Chroot) -> None:
    seen = xfce.shell(". /etc/X11/Xsession.d/54parclibre; echo $XDG_CONFIG_DIRS")

    assert seen.strip() == "/etc/parclibre/xdg:/etc/xdg"
    assert "XDG_CONFIG_DIRS=/etc/parclibre/xdg:/etc/xdg" in xfce.read(
        "/etc/environment.d/60-parclibre.conf"
    )


def test_a_desktop_that_never_locks_says_so_everywhere(chroot: Chroot) -> None:
    chroot.apply("desktop", {"desktop_environment": "xfce", "desktop_lock_minutes": 0})

    assert "Hidden=true" in chroot.read("/etc/parclibre/xdg/autostart/light-locker.desktop")
    assert _properties(chroot, "xfce4-power-manager")["dpms-enabled"] == "false"
    defaults = chroot.read("/etc/dconf/db/local.d/50-parclibre-desktop")
    assert "idle-delay=uint32 0" in defaults
    assert "lock-enabled=false" in defaults


def test_gnome_asks_nothing_at_the_first_boot(chroot: Chroot) -> None:
    chroot.write("/etc/gdm3/daemon.conf", "[daemon]\n# comment\n\n[security]\n")

    chroot.apply_twice(
        "desktop", {"desktop_environment": "gnome", "desktop_greeter_user_list": False}
    )

    assert _ini(chroot, "/etc/gdm3/daemon.conf")["InitialSetupEnable"] == "false"
    assert "disable-user-list=true" in chroot.read("/usr/share/gdm/dconf/95-parclibre")
    assert chroot.read("/etc/skel/.config/gnome-initial-setup-done") == "yes"


def test_zorin_keeps_its_desktop_and_receives_settings_only(chroot: Chroot) -> None:
    variables = {"desktop_environment": "zorin", "package_set_codename": "noble"}

    names = collect_packages(("desktop",), variables, project=PROJECT)
    chroot.apply_twice("desktop", variables)

    assert names == ()
    assert not chroot.exists("/etc/lightdm")
    assert "favorite-apps" not in chroot.read("/etc/dconf/db/local.d/50-parclibre-desktop")


@pytest.mark.slow
def test_dconf_compiles_the_defaults(chroot: Chroot) -> None:
    chroot.packages.download(("dconf-cli",))
    chroot.run("apt-get", "install", "--assume-yes", "--no-install-recommends", "dconf-cli")

    chroot.apply_twice("desktop", {"desktop_environment": "gnome", "desktop_lock_minutes": 7})

    value = chroot.shell("HOME=/tmp dconf read /org/gnome/desktop/session/idle-delay")
    assert value.strip() == "uint32 420"


def test_the_kiosk_has_a_locked_account_and_nothing_on_the_disk(kiosk: Chroot) -> None:
    entry = kiosk.run("getent", "passwd", "borne").stdout.strip().split(":")
    assert entry[5:] == ["/run/parclibre-kiosk", "/usr/sbin/nologin"]
    assert kiosk.run("getent", "shadow", "borne").stdout.split(":")[1] in ("*", "!")
    assert 'KIOSK_URL="https://example.fr/a?b=1"' in kiosk.read("/etc/parclibre/kiosk.env")
    wanted = "/etc/systemd/system/graphical.target.wants/parclibre-kiosk.service"
    assert kiosk.exists(wanted)
    assert kiosk.exists("/etc/systemd/system/ctrl-alt-del.target")
    verify = kiosk.run(
        "systemd-analyze", "verify", "--man=no",
        "/etc/systemd/system/parclibre-kiosk.service", check=False,
    )  # fmt: skip
    assert "Unknown" not in verify.stderr, verify.stderr
    assert "DontVTSwitch" in kiosk.read("/etc/X11/xorg.conf.d/50-parclibre-kiosk.conf")


_FAKES = """
bin=/tmp/fakes; mkdir -p $bin
printf '#!/bin/sh\nexec sleep 60\n' > $bin/matchbox-window-manager
printf '#!/bin/sh\n' > $bin/unclutter
printf '#!/bin/sh\necho "$@" > /tmp/opened; exec sleep 60\n' > $bin/browser
printf '#!/bin/sh\ncat /tmp/idle\n' > $bin/xprintidle
chmod +x $bin/*
"""
_KIOSK = (
    "PATH=/tmp/fakes:$PATH KIOSK_URL=https://example.fr KIOSK_BROWSER=browser "
    "KIOSK_IDLE_MINUTES=1 timeout 8 /usr/lib/parclibre/kiosk-session"
)


def test_a_kiosk_session_ends_when_the_person_has_left(kiosk: Chroot) -> None:
    kiosk.shell(_FAKES + "echo 100 > /tmp/idle")

    ended = kiosk.run("sh", "-c", f"(sleep 3; echo 60001 > /tmp/idle) & {_KIOSK}", check=False)

    assert ended.status == 0
    assert kiosk.read("/tmp/opened").strip() == "--kiosk https://example.fr"


def test_a_kiosk_session_that_nobody_touched_stays(kiosk: Chroot) -> None:
    kiosk.shell(_FAKES + "echo 9999999 > /tmp/idle")

    ended = kiosk.run("sh", "-c", _KIOSK, check=False)

    assert ended.status == 124


def test_every_bad_value_is_said_at_once(chroot: Chroot, tmp_path: Path) -> None:
    with pytest.raises(RoleFailed) as refused:
        chroot.apply(
            "desktop",
            {
                "desktop_lock_minutes": 500,
                "desktop_kiosk_url": "javascript:alert(1)",
                "desktop_wallpaper": str(tmp_path / "none.png"),
            },
        )

    for name in ("desktop_lock_minutes", "desktop_kiosk_url", "desktop_wallpaper"):
        assert name in str(refused.value)


def test_an_unknown_desktop_is_refused_with_the_known_ones(chroot: Chroot) -> None:
    with pytest.raises(RoleFailed, match="xfce"):
        chroot.apply("desktop", {"desktop_environment": "kde"})
