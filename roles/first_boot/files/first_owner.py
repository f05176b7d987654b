#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Asks the family for a name and a password, and makes their account: no network, no default.

In a window (zenity) when there is a screen server, else on the text console. Python 3.10,
standard library only.
"""

from __future__ import annotations

import argparse
import getpass
import json
import os
import pwd
import re
import shutil
import subprocess
import sys
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

SHADOW = Path("/etc/shadow")
DONE = Path("/var/lib/parclibre/first-boot/owner")
PENDING = Path("/var/lib/parclibre/first-boot/owner-pending")
# What the role user_accounts wants asked; without it, the owner administers the computer.
QUESTIONS = Path("/etc/parclibre/first-boot.d/accounts.json")
ADMINISTRATORS = ("sudo",)
GROUPS = (
    "audio", "video", "plugdev", "netdev", "lpadmin", "scanner", "bluetooth", "cdrom",
    "dip", "users",
)  # fmt: skip
MIN_PASSWORD = 8
MAX_NAME = 60
SHORT_NAME = 3
COMMON = {
    "00000000", "11111111", "12345678", "123456789", "1234567890", "azertyui", "azertyuiop",
    "qwertyuiop", "motdepasse", "password", "bonjour1", "doudou123", "abcdefgh", "jetaime1",
    "chouchou", "marseille", "iloveyou", "parclibre", "soleil123",
}  # fmt: skip
WINDOW_MANAGERS = ("xfwm4", "metacity", "marco", "openbox", "mutter")
TITLE = "Bienvenue sur votre ordinateur"
WELCOME = "Cet ordinateur est à vous. Il faut d’abord créer votre compte."
ASK_NAME = "Votre prénom, ou le nom à afficher :"
ASK_PASSWORD = f"Choisissez un mot de passe ({MIN_PASSWORD} caractères ou plus) :"
ASK_FOR_ACCOUNT = "Il faut un mot de passe pour le compte « {login} »."
ASK_AGAIN = "Tapez-le une deuxième fois :"
ADVICE = "Un bon mot de passe : trois mots sans rapport, par exemple « lune-vélo-citron »."
DIFFERENT = "Les deux mots de passe ne sont pas les mêmes. Recommençons."
READY = "Votre compte « {login} » est prêt. Gardez bien votre mot de passe."


class Closed(Exception):
    """The person closed the window or the console; the question comes back at the next start."""


class Dialogue(Protocol):
    """Asks and tells, in a window or on the console."""

    def ask(self, question: str) -> str:
        """Return the words typed."""

    def ask_secret(self, question: str) -> str:
        """Return the words typed, which were not shown."""

    def tell(self, sentence: str) -> None:
        """Show a sentence."""


class Console:
    """Plain questions, one per line."""

    def ask(self, question: str) -> str:
        try:
            return input(f"{question} ")
        except EOFError as error:
            raise Closed from error

    def ask_secret(self, question: str) -> str:
        try:
            return getpass.getpass(f"{question} ")
        except EOFError as error:
            raise Closed from error

    def tell(self, sentence: str) -> None:
        sys.stdout.write(f"\n{sentence}\n")
        sys.stdout.flush()


class Window:
    """The same questions in windows."""

    def ask(self, question: str) -> str:
        return self._zenity("--entry", f"--text={question}")

    def ask_secret(self, question: str) -> str:
        return self._zenity("--entry", "--hide-text", f"--text={question}")

    def tell(self, sentence: str) -> None:
        self._zenity("--info", "--no-markup", f"--text={sentence}")

    def _zenity(self, *words: str) -> str:
        command = ["zenity", f"--title={TITLE}", "--width=520", *words]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
        if done.returncode:
            raise Closed
        return done.stdout.rstrip("\n")


# Rules


def login_of(name: str) -> str:
    """Return the account's name for a person's name: plain letters and digits."""
    plain = unicodedata.normalize("NFKD", name.lower())
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    login = re.sub(r"[^a-z0-9]+", "-", letters.replace("œ", "oe").replace("æ", "ae")).strip("-")
    return re.sub(r"^[^a-z]+", "", login)[:30].strip("-")


def name_problem(name: str, taken: set[str]) -> str:
    """Return what is wrong with a name, in plain words; empty when nothing is."""
    login = login_of(name)
    if not name.strip() or not login:
        return "Tapez au moins une lettre."
    if len(name) > MAX_NAME or not name.isprintable() or set(name) & set(":,="):
        return "Ce nom est trop long, ou contient un signe que l’ordinateur n’accepte pas."
    if login in taken:
        return f"Le nom « {login} » est déjà pris. Choisissez-en un autre."
    return ""


def password_problem(password: str, name: str) -> str:
    """Return what is wrong with a password, in plain words; empty when nothing is."""
    low = password.lower()
    if len(password) < MIN_PASSWORD:
        return f"Ce mot de passe est trop court : il faut {MIN_PASSWORD} caractères ou plus."
    if low in COMMON or len(set(password)) < 4:
        return "Ce mot de passe est trop facile à deviner."
    login = login_of(name)
    if len(login) >= SHORT_NAME and (login in low or name.lower() in low):
        return "Le mot de passe ne doit pas contenir votre nom."
    if not password.isprintable():
        return "Ce mot de passe contient un signe que l’ordinateur n’accepte pas."
    return ""


def taken_names() -> set[str]:
    """Return the account names that exist, but the one that a power cut left half made."""
    pending = PENDING.read_text(encoding="utf-8").strip() if PENDING.exists() else ""
    reserved = {"root", "admin", "administrateur", "sudo"}
    return (reserved | {entry.pw_name for entry in pwd.getpwall()}) - {pending}


# The conversation


def ask_name(dialogue: Dialogue) -> str:
    """Return a name that suits."""
    while True:
        name = dialogue.ask(ASK_NAME).strip()
        problem = name_problem(name, taken_names())
        if not problem:
            return name
        dialogue.tell(problem)


def ask_password(dialogue: Dialogue, name: str) -> str:
    """Return a password typed twice the same."""
    dialogue.tell(ADVICE)
    while True:
        password = dialogue.ask_secret(ASK_PASSWORD)
        problem = password_problem(password, name)
        if not problem and dialogue.ask_secret(ASK_AGAIN) != password:
            problem = DIFFERENT
        if not problem:
            return password
        dialogue.tell(problem)


def make_account(name: str, password: str) -> str:
    """Make the account, or finish the one that a power cut left; return its login."""
    login = login_of(name)
    remove_unfinished(login)
    PENDING.parent.mkdir(parents=True, exist_ok=True)
    PENDING.write_text(login, encoding="utf-8")
    os.sync()
    if login not in {entry.pw_name for entry in pwd.getpwall()}:
        known = {line.split(":")[0] for line in Path("/etc/group").read_text().splitlines()}
        wanted = (*questions()["owner_groups"], *GROUPS)
        groups = ",".join(group for group in wanted if group in known)
        command = ["useradd", "--create-home", "--shell", "/bin/bash", "--comment", name]
        _must([*command, "--groups", groups, login])
    set_password(login, password)
    PENDING.unlink()
    os.sync()
    return login


def set_password(login: str, password: str) -> None:
    """Give an account its password, by standard input: a command line is seen by all."""
    _must(["chpasswd"], given=f"{login}:{password}\n")


def questions() -> dict[str, Any]:
    """Return what to ask: the owner's account and groups, passwords of accounts made locked."""
    asked: dict[str, Any] = {
        "create_owner": True, "owner_groups": list(ADMINISTRATORS), "ask_password_for": [],
    }  # fmt: skip
    if QUESTIONS.exists():
        asked.update(json.loads(QUESTIONS.read_text(encoding="utf-8")))
    return asked


def is_locked(login: str) -> bool:
    """Say whether nobody can open an account yet."""
    fields = [line.split(":") for line in SHADOW.read_text(encoding="utf-8").splitlines()]
    return any(name == login and secret.startswith("!") for name, secret, *_rest in fields)


def remove_unfinished(login: str) -> None:
    """Remove the account that a power cut left half made under another name."""
    unfinished = PENDING.read_text(encoding="utf-8").strip() if PENDING.exists() else ""
    if unfinished not in ("", login) and unfinished in {entry.pw_name for entry in pwd.getpwall()}:
        _must(["userdel", "--remove", unfinished])


def _must(command: Sequence[str], given: str = "") -> None:
    path = "/usr/sbin:/usr/bin:/sbin:/bin"
    subprocess.run(command, input=given, text=True, check=True, env={"PATH": path})


def converse(dialogue: Dialogue) -> None:
    """Ask everything, and make the account."""
    asked = questions()
    for login in asked["ask_password_for"]:
        if is_locked(login):
            dialogue.tell(ASK_FOR_ACCOUNT.format(login=login))
            set_password(login, ask_password(dialogue, login))
    if asked["create_owner"]:
        dialogue.tell(WELCOME)
        name = ask_name(dialogue)
        password = ask_password(dialogue, name)
        login = make_account(name, password)
        dialogue.tell(READY.format(login=login))
    DONE.touch()
    os.sync()


def can_show_windows() -> bool:
    """Say whether a screen server and zenity are installed."""
    return all(shutil.which(program) for program in ("xinit", "Xorg", "zenity"))


def open_windows() -> int:
    """Start a screen server for this one conversation."""
    program = str(Path(__file__).resolve())
    server = ["--", shutil.which("Xorg") or "Xorg", ":0", "vt1", "-nolisten", "tcp"]
    return subprocess.run(["xinit", program, "--window", *server], check=False).returncode


def start_window_manager() -> None:
    """Start the first window manager found: without one, the keyboard does not follow."""
    for name in WINDOW_MANAGERS:
        if shutil.which(name):
            subprocess.Popen([name], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            return


def main(argv: Sequence[str] | None = None) -> int:
    """Hold the conversation, unless it was held already."""
    parser = argparse.ArgumentParser(prog="first-owner", description="Compte de la famille.")
    parser.add_argument("--window", action="store_true", help="dans des fenêtres")
    parser.add_argument("--console", action="store_true", help="sur la console")
    chosen = parser.parse_args(argv)
    if DONE.exists():
        return 0
    if not (chosen.window or chosen.console) and can_show_windows():
        open_windows()
        if DONE.exists():
            return 0
    if chosen.window:
        start_window_manager()
    try:
        converse(Window() if chosen.window else Console())
    except Closed:
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
