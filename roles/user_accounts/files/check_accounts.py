# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Says what is wrong with a list of accounts; prints a JSON list, never a password.

Reads JSON from its standard input: see tasks/check_input.yml.
"""

from __future__ import annotations

import ctypes
import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

OPEN_AT_SCREEN = "none_at_screen"
WORDS = ("locked", "ask_at_first_boot", OPEN_AT_SCREEN)
STRONG = re.compile(
    r"\$g?y\$[./A-Za-z0-9]+\$[./A-Za-z0-9]{1,86}\$[./A-Za-z0-9]{43}"
    r"|\$6\$(rounds=[0-9]{4,9}\$)?[./A-Za-z0-9]{8,16}\$[./A-Za-z0-9]{86}"
)
HASH = re.compile(r"\$[0-9a-z]+\$.*")
NAME = re.compile(r"[a-z_][a-z0-9_-]{0,30}")
MASK = re.compile(r"0?[0-7]{3}")
SIZE = re.compile(r"[1-9][0-9]*[kmg%]?", re.IGNORECASE)
# Accounts of the system that a list must not take over.
RESERVED = frozenset((
    "root", "daemon", "bin", "sys", "sync", "games", "man", "lp", "mail", "news", "uucp", "proxy",
    "www-data", "backup", "list", "irc", "nobody", "systemd-network", "systemd-resolve",
    "systemd-timesync", "messagebus", "polkitd", "lightdm", "gdm", "sshd", "avahi", "colord",
    "saned", "sssd", "_apt", "parclibre",
))  # fmt: skip


def main() -> None:
    """Print the problems of what standard input describes."""
    sys.stdout.write(json.dumps(list(problems(json.load(sys.stdin)))))


def problems(given: Mapping[str, Any]) -> Iterator[str]:
    """Yield every problem."""
    accounts = given["accounts"]
    names = [account["name"] for account in accounts]
    yield from _problems_of_names(names, given["removed"])
    for account in accounts:
        yield from _problems_of_account(account, given["known_passwords"])
    yield from _problems_of_autologin(given["autologin"], accounts)
    if not MASK.fullmatch(given["umask"]):
        yield f"user_accounts_umask: {given['umask']} is not a mask such as 027."
    if not SIZE.fullmatch(given["size"]):
        yield f"user_accounts_throw_away_size: {given['size']} is not a size such as 25% or 2g."
    if not 0 <= given["sudo_timeout_minutes"] <= 60:
        yield "user_accounts_sudo_timeout_minutes: must be between 0 and 60."


def _problems_of_names(names: Sequence[str], removed: Sequence[str]) -> Iterator[str]:
    for name in sorted(set(names)):
        if names.count(name) > 1:
            yield f"user_accounts_list: {name} is there {names.count(name)} times."
        if name in removed:
            yield f"user_accounts_removed: {name} is in user_accounts_list too."
    for name in (*names, *removed):
        if not NAME.fullmatch(name):
            yield f"user_accounts: {name!r} is not an account name (a-z, 0-9, - and _)."
        elif name in RESERVED:
            yield f"user_accounts: {name} is an account of the system."


def _problems_of_account(account: Mapping[str, Any], known: Sequence[str]) -> Iterator[str]:
    where = f"user_accounts_list: {account['name']}:"
    password = account.get("password", "locked")
    problem = _problem_of_password(password, (*known, account["name"]))
    if problem:
        yield f"{where} {problem}"
    if password == OPEN_AT_SCREEN and account.get("administrator"):
        yield f"{where} an administrator needs a password."
    if account.get("session") == "throw_away" and account.get("administrator"):
        yield f"{where} an administrator's session is kept."
    if ":" in account.get("display_name", "") or "," in account.get("display_name", ""):
        yield f"{where} the display name holds neither : nor a comma."
    uid = account.get("uid")
    if uid is not None and not 1000 <= uid < 60000:
        yield f"{where} the number {uid} is not between 1000 and 59999."


def _problem_of_password(password: str, known: Sequence[str]) -> str | None:
    if password in WORDS:
        return None
    if STRONG.fullmatch(password):
        if _is_one_of(password, known):
            return "this is the hash of a password that everyone tries first."
        return None
    if HASH.fullmatch(password):
        return "this hash is of a weak kind, or cut; make one with mkpasswd --method=yescrypt."
    return (
        "the password is in clear text; give a hash from mkpasswd --method=yescrypt, or one of "
        + ", ".join(WORDS)
        + "."
    )


def _is_one_of(hashed: str, passwords: Sequence[str]) -> bool:
    crypt = _libcrypt().crypt
    crypt.restype = ctypes.c_char_p
    crypt.argtypes = [ctypes.c_char_p, ctypes.c_char_p]
    wanted = hashed.encode()
    return any(crypt(password.encode(), wanted) == wanted for password in set(passwords))


def _libcrypt() -> ctypes.CDLL:
    """Open the library that reads every kind of hash; Python's own module is gone."""
    for name in ("libcrypt.so.1", "libcrypt.so.2"):
        try:
            return ctypes.CDLL(name)
        except OSError:
            continue
    raise SystemExit("libcrypt is not installed: the passwords cannot be checked.")


def _problems_of_autologin(name: str, accounts: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    if not name:
        return
    found = [account for account in accounts if account["name"] == name]
    if not found:
        yield f"user_accounts_autologin: {name} is not in user_accounts_list."
    elif found[0].get("administrator"):
        yield f"user_accounts_autologin: {name} administers the machine: it must log in."


if __name__ == "__main__":
    main()
