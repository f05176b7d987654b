# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ansible's way into a root filesystem that is being built: a command prefix, nothing else.

Every command, and every file put or fetched, goes through the prefix: this plugin never opens a
path of the root filesystem itself, so a link planted there cannot lead back to the build host.
"""

from __future__ import annotations

import shlex
import subprocess
from typing import IO, Any

from ansible.errors import AnsibleError, AnsibleFileNotFound
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
