# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The questions of the boot test: what each proves, their settings, and how they get in.

The script that asks them inside the machine is in ``fleet/data/boot_checks``. It is added to the
test disk only; the proof lists the files added.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from fleet.errors import UsageError
from fleet.i18n import _
from fleet.output.proof_words import check_sentences, image_sentences

SCRIPTS = Path(__file__).parent.parent / "data" / "boot_checks"
GUEST_FOLDER = "usr/lib/parclibre-proof"
UNIT = "parclibre-proof.service"
# Every target a machine may start to; a drop-in needs no link, unlike an enabled unit.
_TARGETS = ("graphical.target", "multi-user.target")
_KNOWN_PASSWORDS = (
    "", "password", "passwd", "motdepasse", "root", "toor", "admin", "administrateur", "azerty",
    "123456", "12345678", "1234", "0000", "debian", "ubuntu", "zorin", "live", "user", "eleve",
    "prof", "ecole", "mairie", "parclibre", "changeme",
)  # fmt: skip
_LOGIN = "login_screen"
# The letter of that key by layout and variant; what is not here is not asked of the console.
_RIGHT_OF_TAB = {("fr", ""): "a", ("fr", "bepo"): "b", ("fr", "bepo_afnor"): "b", ("us", ""): "q"}
_PORTS = (
    # SSH, mDNS, DHCP clients, and avahi's questions, each from a port of its own. The loopback
    # interface is never counted.
    "tcp/22", "udp/5353", "udp/* avahi-daemon", "udp/68", "udp/546",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckLimits:
    """Seconds given to the slow checks inside the machine."""

    login: int = 900
    start: int = 900
    network: int = 300
    printing: int = 600
    office: int = 1500


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckSettings:
    """What the checks expect of an image; the defaults are those of every French recipe."""

    checks: tuple[str, ...] = ()
    locale: str = "fr_FR.UTF-8"
    august: str = "août"
    keyboard: str = "fr"
    key_right_of_tab: str = "a"
    timezone: str = "Europe/Paris"
    paper: str = "a4"
    ports: tuple[str, ...] = _PORTS
    desktop_entries: tuple[str, ...] = ()
    known_passwords: tuple[str, ...] = _KNOWN_PASSWORDS
    limits: CheckLimits = field(default_factory=CheckLimits)


def settings_for(recipe: Mapping[str, Any]) -> CheckSettings:
    """Return what to expect of an image, from the recipe in its manifest.

    Raises UsageError when the recipe names a check that is not one.
    """
    variables = recipe.get("variables") or {}
    usual = CheckSettings()

    def told(name: str, default: str) -> str:
        return str(variables.get(f"french_locale_{name}", default))

    language, layout = told("lang", usual.locale), told("keyboard_layout", usual.keyboard)
    keys = (layout, told("keyboard_variant", "oss"))
    return CheckSettings(
        checks=choose(recipe.get("checks") or ()),
        locale=language,
        august=usual.august if language.startswith("fr") else "",
        keyboard=layout,
        key_right_of_tab=_RIGHT_OF_TAB.get(keys) or _RIGHT_OF_TAB.get((layout, ""), ""),
        timezone=told("timezone", usual.timezone),
        paper=told("paper", usual.paper),
        ports=(*usual.ports, *_opened(variables)),
    )


def _opened(variables: Mapping[str, Any]) -> Iterator[str]:
    """Yield the ports that the recipe opens in the firewall: something may listen there."""
    for one in variables.get("remote_access_open_ports") or ():
        yield f"{one.get('protocol', 'tcp')}/{one['port']}"


def choose(names: Sequence[str]) -> tuple[str, ...]:
    """Return the checks to run, all of them when a recipe names none.

    A check that makes no sense for an image answers « not applicable » by itself. The login
    screen is always asked for: it is what a start is for. Raises UsageError for an unknown name.
    """
    known = {**check_sentences(), **image_sentences()}
    for name in names:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            raise UsageError(
                _("There is no boot check « {name} ».").format(name=name),
                hint=_("Did you mean « {name} »?").format(name=near[0])
                if near
                else _("Checks: {names}.").format(names=", ".join(known)),
            )
    wanted = {_LOGIN, *(names or known)}
    return tuple(name for name in check_sentences() if name in wanted)


def added_files(settings: CheckSettings) -> dict[str, bytes]:
    """Return the files that a test disk has and the image has not, by path without the slash."""
    scripts = {
        f"{GUEST_FOLDER}/{SCRIPTS.name}/{path.name}": path.read_bytes()
        for path in sorted(SCRIPTS.iterdir())
        if path.suffix in (".py", ".xml") and path.name != "launch.py"
    }
    drop_in = f"[Unit]\nWants={UNIT}\n".encode()
    return {
        **scripts,
        f"{GUEST_FOLDER}/{SCRIPTS.name}/settings.json": json.dumps(asdict(settings)).encode(
            "utf-8"
        ),
        f"etc/systemd/system/{UNIT}": (SCRIPTS / UNIT).read_bytes(),
        **{f"etc/systemd/system/{target}.d/parclibre-proof.conf": drop_in for target in _TARGETS},
    }


def _encoded(settings: CheckSettings) -> bytes:
    return json.dumps(asdict(settings), ensure_ascii=False).encode("utf-8")
