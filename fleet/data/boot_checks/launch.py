# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts menu entries one by one on a virtual screen, as a user, and tells how each ended.

Runs inside an image's root filesystem: ``python3 -c THIS {"entries": [...], "seconds": N}``.
Standard library only, Python 3.9. One JSON line per entry on standard output.
"""

from __future__ import annotations

import json
import os
import pwd
import re
import shlex
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

DISPLAY = ":97"
FOLDERS = ("/usr/share/applications", "/usr/local/share/applications", "/usr/games")
_SAID_LINES = 12
_TERMINAL = "x-terminal-emulator"
_WINDOW = re.compile(r'"(?P<title>[^"]+)": \(.*\)\s+(?P<width>\d+)x(?P<height>\d+)[+-]')
_SEEN_PX = 20


def main() -> int:
    """Start the screen, then every entry."""
    asked: dict[str, Any] = json.loads(sys.argv[1])
    user = pwd.getpwnam("nobody")
    screen = subprocess.Popen(
        ["Xvfb", DISPLAY, "-screen", "0", "1280x800x24", "-nolisten", "tcp"],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        if not answers(screen):
            raise SystemExit("Xvfb did not start")
        for name in asked["entries"]:
            sys.stdout.write(json.dumps(launch(name, asked["seconds"], user)) + "\n")
            sys.stdout.flush()
    finally:
        screen.kill()
    return 0


def answers(screen: subprocess.Popen[bytes]) -> bool:
    """Whether the screen's socket comes before the program ends."""
    socket = Path(f"/tmp/.X11-unix/X{DISPLAY[1:]}")  # noqa: S108 - where X servers put it
    for _attempt in range(150):
        if socket.exists() or screen.poll() is not None:
            break
        time.sleep(0.2)
    return socket.exists() and screen.poll() is None


def launch(name: str, seconds: float, user: pwd.struct_passwd) -> dict[str, Any]:
    """Start one entry, wait, look at it, end it."""
    path = find(name)
    if path is None:
        return told(name, "missing", "no such menu entry")
    command = command_of(path)
    if not command:
        return told(name, "missing", "the entry starts nothing")
    with tempfile.TemporaryDirectory() as home:
        os.chown(home, user.pw_uid, user.pw_gid)
        with (Path(home) / "said").open("w+b") as said:
            try:
                program = start(command, home, said.fileno(), user)
            except OSError as error:
                return told(name, "crashed", f"{command[0]}: {error.strerror}")
            status = wait(program, seconds)
            seen = windows()
            end(program)
            said.seek(0)
            lines = said.read().decode("utf-8", "replace").splitlines()[-_SAID_LINES:]
    return {**judged(name, status, lines), "windows": seen}


def find(name: str) -> Path | None:
    """The file of an entry, by its name with or without ``.desktop``."""
    stem = name[: -len(".desktop")] if name.endswith(".desktop") else name
    paths = (Path(folder) / f"{stem}.desktop" for folder in FOLDERS)
    return next((path for path in paths if path.is_file()), None)


def command_of(path: Path) -> list[str]:
    """The words of Exec, without the places of files (Desktop Entry Specification, Exec)."""
    words: list[str] = []
    terminal = False
    section = ""
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        if line.startswith("["):
            section = line
        elif section == "[Desktop Entry]" and line.startswith("Exec="):
            words = shlex.split(line[len("Exec=") :].strip())
        elif section == "[Desktop Entry]" and line.startswith("Terminal="):
            terminal = line.endswith("true")
    words = [word.replace("%%", "%") for word in words if not is_field(word)]
    return [_TERMINAL, "-e", *words] if terminal and words else words


def is_field(word: str) -> bool:
    """Whether a word stands for files, an icon or the entry's name."""
    return len(word) == 2 and word[0] == "%" and word != "%%"


def start(
    command: list[str], home: str, said: int, user: pwd.struct_passwd
) -> subprocess.Popen[bytes]:
    """Start a program as a user without rights, in a session of its own."""
    environ = {
        "DISPLAY": DISPLAY, "HOME": home, "XDG_RUNTIME_DIR": home, "USER": user.pw_name,
        "PATH": "/usr/local/bin:/usr/bin:/bin:/usr/local/games:/usr/games",
        "LANG": "fr_FR.UTF-8", "LIBGL_ALWAYS_SOFTWARE": "1", "QT_QUICK_BACKEND": "software",
        "NO_AT_BRIDGE": "1",
    }  # fmt: skip
    bus = ["dbus-run-session", "--"] if Path("/usr/bin/dbus-run-session").exists() else []
    return subprocess.Popen(
        [*bus, *command], stdin=subprocess.DEVNULL, stdout=said, stderr=said, env=environ,
        cwd=home, start_new_session=True, user=user.pw_uid, group=user.pw_gid, extra_groups=[],
    )  # fmt: skip


def wait(program: subprocess.Popen[bytes], seconds: float) -> int | None:
    """The program's status when it ends before its time; None when it still runs."""
    try:
        return program.wait(seconds)
    except subprocess.TimeoutExpired:
        return None


def end(program: subprocess.Popen[bytes]) -> None:
    """End the program and what it started."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(program.pid, number)
        except ProcessLookupError:
            break
        time.sleep(0.5)
    program.wait()


def windows() -> list[str]:
    """The titles of the windows that a person sees, when xwininfo is there to tell."""
    try:
        done = subprocess.run(
            ["xwininfo", "-display", DISPLAY, "-root", "-tree"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=20, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return []
    return titles_of(done.stdout.decode("utf-8", "replace"))


def titles_of(tree: str) -> list[str]:
    """The titles in xwininfo's tree, without the tiny windows that toolkits keep for themselves."""
    found = (_WINDOW.search(line) for line in tree.splitlines())
    seen = {w["title"] for w in found if w and min(int(w["width"]), int(w["height"])) >= _SEEN_PX}
    return sorted(seen)[:10]


def judged(name: str, status: int | None, lines: list[str]) -> dict[str, Any]:
    """An end before its time is a crash, unless the program says that all is well."""
    words = "\n".join(lines)
    if status is None:
        return told(name, "running", words)
    if status == 0:
        return told(name, "ended", words)
    how = f"signal {-status}" if status < 0 else f"status {status}"
    # A shell, and the session bus's launcher, tell a signal as 128 and more.
    how = f"signal {status - 128}" if 128 < status < 160 else how
    return told(name, "crashed", f"{how}; {words}")


def told(name: str, result: str, words: str) -> dict[str, Any]:
    """One line of the answer."""
    return {"entry": name, "result": result, "said": words, "windows": []}


if __name__ == "__main__":
    sys.exit(main())
