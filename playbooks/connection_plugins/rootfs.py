# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ansible's way into a root filesystem that is being built: a command prefix, nothing else.

Every command, and every file put or fetched, goes through the prefix: this plugin never opens a
path of the root filesystem itself, so a link planted there cannot lead back to the build host.
Ansible's modules are given to one Python that stays inside for the run: ``playbooks/inside``.
"""

from __future__ import annotations

import os
import re
import shlex
import socket
import struct
import subprocess
import zlib
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, BinaryIO

from ansible import constants
from ansible.errors import AnsibleConnectionFailure, AnsibleError, AnsibleFileNotFound
from ansible.plugins.connection import ConnectionBase
from ansible.plugins.connection.local import Connection as LocalConnection

DOCUMENTATION = """
name: rootfs
short_description: Run tasks inside a root filesystem held by a namespace
description:
  - Puts a prefix before each command, such as C(nsenter ... chroot ROOT).
  - Is root already, so become is refused.
author: The ParcLibre authors
options:
  enter:
    description: >-
      The command that runs its arguments inside the root filesystem, with an environment that
      tells nothing of the build host.
    type: list
    elements: str
    required: true
    vars:
      - name: rootfs_enter
extends_documentation_fragment:
  - connection_pipelining
"""

# How Ansible starts a module that travels through a pipe.
_MODULE = re.compile(r"/bin/sh -c '(/usr/bin/python3) && sleep 0'")
# Not beside this file: Ansible takes every Python file there for a plugin.
_PROGRAM = Path(__file__).parents[1] / "inside" / "python.py"
_READY_S = 30
# The variable by which a run that is stopped finds what it started (fleet.adapters.ansible_kill).
_MARK = "AWX_ISOLATED_DATA_DIR"
# A folder of the program that starts several runs: a module is packed once for all of them.
_MODULES = "PARCLIBRE_ANSIBLE_MODULES"


def _share_modules() -> None:
    """Have Ansible pack its modules where the other runs of the same program do."""
    if folder := os.environ.get(_MODULES):
        with suppress(FileExistsError):
            Path(constants.DEFAULT_LOCAL_TMP, "ansiballz_cache").symlink_to(folder)


_share_modules()


class Connection(LocalConnection):
    """The local connection, with every command prefixed."""

    transport = "rootfs"
    has_pipelining = True

    def exec_command(
        self, cmd: str, in_data: bytes | None = None, sudoable: bool = True
    ) -> tuple[int, bytes, bytes]:
        """Run a shell command inside; return its status and what it wrote."""
        if self.become:
            raise AnsibleError("The rootfs connection is root already: remove become.")
        module = _MODULE.fullmatch(cmd)
        if module and in_data and (done := self._in_python(module[1], in_data)):
            return done
        inside = "exec " + shlex.join(self._argv("/bin/sh", "-c", cmd))
        return super().exec_command(inside, in_data=in_data, sudoable=False)

    def put_file(self, in_path: str, out_path: str) -> None:
        """Copy a file of the build host to a path inside."""
        ConnectionBase.put_file(self, in_path, out_path)
        try:
            with open(in_path, "rb") as source:  # noqa: PTH123 - as Ansible gives it: a str
                self._pipe('exec cat > "$0"', out_path, stdin=source)
        except FileNotFoundError as error:
            raise AnsibleFileNotFound(f"There is no {in_path}.") from error

    def fetch_file(self, in_path: str, out_path: str) -> None:
        """Copy a file from inside to a path of the build host."""
        ConnectionBase.fetch_file(self, in_path, out_path)
        with open(out_path, "wb") as target:  # noqa: PTH123 - as Ansible gives it: a str
            self._pipe('exec cat < "$0"', in_path, stdin=subprocess.DEVNULL, stdout=target)

    def _in_python(self, python: str, program: bytes) -> tuple[int, bytes, bytes] | None:
        """Have the Python that stays inside run a program; None when it could not be asked."""
        if (asked := self._ask(python)) is None:
            return None
        with asked, _memory(program) as given, _memory() as output, _memory() as errors:
            status = b""
            with suppress(OSError):
                socket.send_fds(asked, [b"!"], [file.fileno() for file in (given, output, errors)])
                asked.settimeout(None)
                status = asked.recv(4, socket.MSG_WAITALL)
            if len(status) < 4:
                raise AnsibleConnectionFailure("Python was killed inside the root filesystem.")
            output.seek(0)
            errors.seek(0)
            return struct.unpack("=i", status)[0], output.read(), errors.read()

    def _ask(self, python: str) -> socket.socket | None:
        """Return where the Python inside listens; it is started when there is none."""
        folder = os.open(constants.DEFAULT_LOCAL_TMP, os.O_PATH | os.O_DIRECTORY)
        try:
            # An address has room for 108 bytes: this one is short wherever the folder is.
            door = f"/proc/self/fd/{folder}/python-{zlib.crc32(repr(self._argv(python)).encode())}"
            return _ready(door) or _ready(self._open_door(door, python))
        finally:
            os.close(folder)

    def _open_door(self, door: str, python: str) -> str:
        """Start the Python that answers at a door; return the door."""
        with suppress(FileNotFoundError):
            os.unlink(door)  # noqa: PTH108 - through the number of its folder
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(door)
            listening.listen()
            mark = f"{_MARK}={os.environ.get(_MARK, '')}"
            subprocess.Popen(
                self._argv("/usr/bin/env", mark, python, "-c", _PROGRAM.read_text("utf-8")),
                stdin=listening, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                start_new_session=True,
            )  # fmt: skip
        return door

    def _argv(self, *command: str) -> list[str]:
        return [*self.get_option("enter"), *command]

    def _pipe(
        self, script: str, path: str, *, stdin: IO[bytes] | int, stdout: IO[bytes] | None = None
    ) -> None:
        argv = self._argv("/bin/sh", "-c", script, path)
        pipes: dict[str, Any] = {"stdin": stdin, "stdout": stdout, "stderr": subprocess.PIPE}
        done = subprocess.run(argv, check=False, **pipes)
        if done.returncode:
            reason = done.stderr.decode(errors="replace").strip()
            raise AnsibleError(f"{path} could not be copied in or out: {reason}")


def _ready(door: str) -> socket.socket | None:
    """Return a way to speak to who answers at a door; None when nobody does."""
    asked = socket.socket(socket.AF_UNIX)
    asked.settimeout(_READY_S)
    with suppress(OSError):
        asked.connect(door)
        if asked.recv(5, socket.MSG_WAITALL) == b"ready":
            return asked
    asked.close()
    return None


def _memory(content: bytes = b"") -> BinaryIO:
    """Return a file without a name, which holds a content to be read from its beginning."""
    file = os.fdopen(os.memfd_create("module"), "w+b")
    file.write(content)
    file.seek(0)
    return file
