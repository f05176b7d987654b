# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks of what keeps the machine safe: passwords, firewall, open ports, updates."""

from __future__ import annotations

import ctypes
import ctypes.util
import re
from collections.abc import Collection, Iterator

from .tools import (
    Answer,
    Check,
    Settings,
    fail,
    installed,
    judged,
    passed,
    run,
    text_of,
)

_PERIODIC = re.compile(r'^APT::Periodic::(\S+) "(.*)";$', re.MULTILINE)
_INPUT_DROPS = re.compile(r"hook input [^;]*;\s*policy drop")
_LOOPBACK = ("127.", "[::1]", "[::ffff:127.")


def no_default_password(settings: Settings) -> Answer:
    """No account opens with an empty or a known password, and root's is locked."""
    accounts = [line.split(":") for line in text_of("/etc/shadow").splitlines()]
    wrong = [problem for name, word, *_rest in accounts for problem in _weak(name, word, settings)]
    opened = [name for name, word, *_rest in accounts if word[:1] not in ("!", "*")]
    evidence = f"{len(accounts)} accounts, with a password: {', '.join(opened) or 'none'}"
    return fail("; ".join(wrong)) if wrong else passed(evidence)


def _weak(name: str, word: str, settings: Settings) -> Iterator[str]:
    if not word:
        yield f"{name} has an empty password"
    elif word[0] in ("!", "*"):
        return
    elif name == "root":
        yield "root has a password"
    else:
        known = [name, *settings["known_passwords"]]
        yield from (
            f"{name} has the password « {guess} »" for guess in known if _opens(guess, word)
        )


def _opens(guess: str, word: str) -> bool:
    library = ctypes.CDLL(ctypes.util.find_library("crypt") or "libcrypt.so.1")
    library.crypt.restype = ctypes.c_char_p
    library.crypt.argtypes = [ctypes.c_char_p, ctypes.c_char_p]
    made: bytes | None = library.crypt(guess.encode("utf-8"), word.encode("ascii"))
    return made is not None and made.decode("ascii", "replace") == word


def firewall(_settings: Settings) -> Answer:
    """What comes from the network is dropped unless it was allowed."""
    rules = run(["nft", "list", "ruleset"])
    if _INPUT_DROPS.search(rules.output):
        return passed("nftables: the input chain drops by default")
    if installed("iptables") and "-P INPUT DROP" in run(["iptables", "-S", "INPUT"]).output:
        return passed("iptables: the input chain drops by default")
    return fail(rules.output.strip()[:400] or "no firewall rule")


def listening_ports(settings: Settings) -> Answer:
    """Nothing listens to the network but what is expected."""
    lines = run(["ss", "--no-header", "--listening", "--tcp", "--udp", "--numeric", "--processes"])
    if lines.status:
        return fail(lines.output)
    found = [line.split() for line in lines.output.splitlines()]
    heard = sorted({f"{words[0]}/{_port(words[4])} {_owner(words)}" for words in found
                    if not words[4].startswith(_LOOPBACK)})  # fmt: skip
    strangers = [one for one in heard if not _expected(one, settings["ports"])]
    unexpected = f"unexpected: {', '.join(strangers)}; " if strangers else ""
    return judged(not strangers, f"{unexpected}listening: {', '.join(heard) or 'nothing'}")


def _expected(heard: str, expected: Collection[str]) -> bool:
    """Whether a port is on the list, or one of any number that its program is known to open."""
    place, _space, owner = heard.partition(" ")
    return place in expected or f"{place.partition('/')[0]}/* {owner}" in expected


def _port(address: str) -> str:
    return address.rpartition(":")[2]


def _owner(words: list[str]) -> str:
    found = re.search(r'"([^"]+)"', words[-1])
    return found.group(1) if found else "?"


def updates(_settings: Settings) -> Answer:
    """Security updates come by themselves."""
    periodic = dict(_PERIODIC.findall(run(["apt-config", "dump"]).output))
    timer = run(["systemctl", "is-active", "apt-daily-upgrade.timer"]).output.strip()
    wanted = ("Update-Package-Lists", "Unattended-Upgrade")
    right = all(periodic.get(name, "0") not in ("0", "") for name in wanted)
    there = installed("unattended-upgrade")
    evidence = ", ".join(f"{name}={periodic.get(name, 'unset')}" for name in wanted)
    return judged(
        right and there and timer == "active",
        f"{evidence}; timer {timer}; unattended-upgrades {'installed' if there else 'missing'}",
    )


CHECKS: dict[str, Check] = {
    "no_default_password": no_default_password,
    "firewall": firewall,
    "listening_ports": listening_ports,
    "updates": updates,
}
