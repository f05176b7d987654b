# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks of the started system: login screen, units, French, paper, disk, Secure Boot."""

from __future__ import annotations

import os
import re
from pathlib import Path

from .tools import (
    Answer,
    Check,
    Settings,
    assignments,
    fail,
    installed,
    judged,
    not_applicable,
    passed,
    run,
    text_of,
    wait_for,
)

_GRAPHICAL = ("display-manager.service", "parclibre-kiosk.service")
# A greeter, or the session or the program of an automatic login.
_GREETER = re.compile(r"greeter|^gnome-shell$|^xfce4-session$|^(firefox|firefox-esr|chromium)$")
_TEXT_LOGIN = re.compile(r"^agetty$|^live-door$")
_SECURE_BOOT = "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
# The key to the right of Tab: « a » on a French keyboard, « q » on an American one.
_KEY_RIGHT_OF_TAB = 16
_SECTOR = 512
_MIB = 1 << 20


def login_screen(settings: Settings) -> Answer:
    """A person can use the machine: a greeter, a session that opens by itself, or a text login."""
    limit = settings["limits"]["login"]
    graphical = [name for name in _GRAPHICAL if _unit(name, "LoadState") == "loaded"]
    if not graphical:
        wait_for(lambda: bool(_matching(_TEXT_LOGIN)), limit)
        found = _matching(_TEXT_LOGIN)
        return judged(bool(found), f"no graphical login; {', '.join(found) or 'no text login'}")
    wait_for(lambda: _shows(graphical[0]), limit)
    state = _unit(graphical[0], "ActiveState")
    seen = ", ".join(_sessions() + _matching(_GREETER)) or "no greeter"
    return judged(_shows(graphical[0]), f"{graphical[0]} {state}; {seen}")


def _shows(unit: str) -> bool:
    return _unit(unit, "ActiveState") == "active" and bool(_matching(_GREETER))


def _sessions() -> list[str]:
    """The graphical sessions: the greeter's, or that of a person logged in automatically."""
    found = []
    for line in run(["loginctl", "list-sessions", "--no-legend"]).output.splitlines():
        shown = run(["loginctl", "show-session", line.split()[0]]).output
        session = dict(pair.partition("=")[::2] for pair in shown.splitlines())
        if session.get("Type") in ("x11", "wayland") and session.get("State") == "active":
            found.append(f"{session.get('Class')} session of {session.get('Name')}")
    return found


def _matching(names: re.Pattern[str]) -> list[str]:
    """The running programs of these names; the second word counts too, after an interpreter."""
    words = (Path(word).name for line in _command_lines() for word in line.split("\0")[:2])
    return sorted({word for word in words if names.search(word)})


def _command_lines() -> list[str]:
    # The kernel's own name of a process is cut to 15 characters, too short for greeters.
    return [text_of(f"{folder}/cmdline") for folder in Path("/proc").glob("[0-9]*")]


def system_running(settings: Settings) -> Answer:
    """The start has ended, and not in the degraded state."""
    state = run(
        ["systemctl", "is-system-running", "--wait"], timeout_s=settings["limits"]["start"]
    ).output.strip()
    jobs = run(["systemctl", "list-jobs", "--no-legend"]).output.strip()
    return judged(state == "running", f"{state}; jobs: {jobs or 'none'}")


def no_failed_unit(_settings: Settings) -> Answer:
    """No service failed."""
    failed = run(["systemctl", "list-units", "--failed", "--plain", "--no-legend"]).output
    return judged(not failed.strip(), failed.strip() or "no failed unit")


def locale(settings: Settings) -> Answer:
    """Programs speak French: the setting, the compiled locale, and a month's name."""
    wanted = settings["locale"]
    chosen = assignments("/etc/default/locale") or assignments("/etc/locale.conf")
    month = run(["date", "-d", "2026-08-01", "+%B"], variables={"LC_ALL": wanted}).output.strip()
    evidence = f"LANG={chosen.get('LANG')}; {month}"
    translated = month == (settings["august"] or month)
    return judged(chosen.get("LANG") == wanted and translated, evidence)


def keyboard_console(settings: Settings) -> Answer:
    """The keys of the text console are where a French keyboard has them."""
    if not installed("dumpkeys") or not settings["key_right_of_tab"]:
        return not_applicable("dumpkeys is not installed, or the layout is not a known one")
    keys = run(["dumpkeys", "--console=/dev/tty1", "--keys-only"]).output
    found = re.search(rf"^keycode +{_KEY_RIGHT_OF_TAB} = \+?(\S+)", keys, re.MULTILINE)
    letter = found.group(1) if found else keys[:200]
    return judged(letter == settings["key_right_of_tab"], f"key right of Tab: {letter}")


def keyboard_graphical(settings: Settings) -> Answer:
    """The keyboard of graphical sessions is French: the setting, and the running X server."""
    layout = assignments("/etc/default/keyboard").get("XKBLAYOUT", "")
    right = layout.split(",")[0] == settings["keyboard"]
    asked = _x_layout()
    evidence = f"XKBLAYOUT={layout}; X server: {asked or 'not asked'}"
    return judged(right and asked.split(",")[0] in ("", settings["keyboard"]), evidence)


def _x_layout() -> str:
    cookies = [path for path in ("/run/lightdm/root/:0", "/var/run/lightdm/root/:0") if
               Path(path).exists()]  # fmt: skip
    if not cookies or not installed("setxkbmap"):
        return ""
    answer = run(["setxkbmap", "-query"], variables={"DISPLAY": ":0", "XAUTHORITY": cookies[0]})
    found = re.search(r"^layout: +(\S+)", answer.output, re.MULTILINE)
    return found.group(1) if found else ""


def timezone(settings: Settings) -> Answer:
    """The clock shows the time of the place."""
    target = os.path.realpath("/etc/localtime")
    return judged(target.endswith(f"/{settings['timezone']}"), target)


def paper(settings: Settings) -> Answer:
    """Paper is A4 wherever programs ask."""
    size = text_of("/etc/papersize").strip()
    asked = run(["paperconf"]).output.strip() if installed("paperconf") else ""
    right = size == settings["paper"] and asked in ("", settings["paper"])
    return judged(right, f"/etc/papersize: {size or 'none'}; paperconf: {asked or 'not installed'}")


def root_grown(_settings: Settings) -> Answer:
    """Nothing of the disk is lost: partitions reach its end, file systems fill them."""
    disk = Path(f"/sys/class/block/{_device('/')}").resolve().parent
    size = int(text_of(str(disk / "size")))
    ends = [_end(part) for part in disk.iterdir() if (part / "partition").exists()]
    filled = {mount: _filled(mount) for mount in ("/", "/home") if os.path.ismount(mount)}
    evidence = f"disk {size * _SECTOR // _MIB} MiB, used to {max(ends) * _SECTOR // _MIB} MiB; " + (
        ", ".join(
            f"{mount} fills {percent} % of its partition" for mount, percent in filled.items()
        )
    )
    lost = (size - max(ends)) * _SECTOR
    return judged(lost <= 4 * _MIB and all(share >= 90 for share in filled.values()), evidence)


def _end(part: Path) -> int:
    return int(text_of(str(part / "start"))) + int(text_of(str(part / "size")))


def _filled(mount: str) -> int:
    whole = int(text_of(f"/sys/class/block/{_device(mount)}/size")) * _SECTOR
    status = os.statvfs(mount)
    return 100 * status.f_blocks * status.f_frsize // whole


def _device(mount: str) -> str:
    """The kernel's name of the partition of a mount: ``vda3``."""
    source = run(["findmnt", "--noheadings", "--output", "SOURCE", mount]).output.strip()
    return Path(source).resolve().name


def secure_boot(_settings: Settings) -> Answer:
    """The firmware checked the signatures of the whole start."""
    if not Path("/sys/firmware/efi").exists():
        return not_applicable("started by BIOS")
    if not os.path.ismount("/sys/firmware/efi/efivars"):
        run(["mount", "-t", "efivarfs", "efivarfs", "/sys/firmware/efi/efivars"])
    try:
        value = Path(_SECURE_BOOT).read_bytes()
    except OSError as error:
        return fail(f"the firmware's variable cannot be read: {error}")
    lockdown = text_of("/sys/kernel/security/lockdown").strip()
    return judged(value[-1] == 1, f"SecureBoot={value[-1]}; kernel lockdown: {lockdown or 'none'}")


def desktop_entries(settings: Settings) -> Answer:
    """Every program of the menus is there, and the recipe's are in the menus."""
    folder = Path("/usr/share/applications")
    if not folder.is_dir():
        return not_applicable("no menu in this image")
    entries = {path.stem: _program(path) for path in sorted(folder.glob("*.desktop"))}
    missing = [name for name in settings["desktop_entries"] if name not in entries]
    broken = [name for name, program in entries.items() if program and not installed(program)]
    if missing or broken:
        return fail(f"not in the menus: {missing}; without their program: {broken}")
    return passed(f"{len(entries)} entries, every program is there")


def _program(path: Path) -> str:
    """The program of a menu entry; empty when the entry is hidden from menus."""
    values = assignments(str(path))
    hidden = values.get("NoDisplay") == "true" or values.get("Hidden") == "true"
    words = [word for word in values.get("Exec", "").split() if "=" not in word and word != "env"]
    return "" if hidden or not words or "TryExec" in values else words[0].strip('"')


def _unit(name: str, field: str) -> str:
    return run(["systemctl", "show", "--property", field, "--value", name]).output.strip()


CHECKS: dict[str, Check] = {
    "login_screen": login_screen,
    "system_running": system_running,
    "no_failed_unit": no_failed_unit,
    "secure_boot": secure_boot,
    "locale": locale,
    "keyboard_console": keyboard_console,
    "keyboard_graphical": keyboard_graphical,
    "timezone": timezone,
    "paper": paper,
    "root_grown": root_grown,
    "desktop_entries": desktop_entries,
}
