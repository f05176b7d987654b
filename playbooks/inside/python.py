# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One Python kept inside a root filesystem; it runs each of Ansible's modules in a fork.

Starting Python and compiling what Ansible sends costs a task ten times what the task itself does.
The text of this file is given to ``python3 -c`` inside, never imported: standard library only,
Python 3.10. Its standard input is a listening socket. A request is three files (the program, and
where its output and its errors go); the answer is an exit status.
"""

import atexit
import gc
import importlib
import marshal
import os
import socket
import struct
import sys
import zipimport
from contextlib import suppress
from pathlib import Path

# Nobody asked for that long: the run is over, or was killed.
IDLE_S = 60
# What Ansible's modules import; loading it here asks nothing of the system's databases.
WARM = (
    "__future__", "ast", "base64", "collections.abc", "copy", "ctypes", "dataclasses", "datetime",
    "enum", "errno", "fcntl", "filecmp", "fnmatch", "glob", "grp", "hashlib", "inspect", "io",
    "json", "locale", "logging", "ntpath", "pathlib", "platform", "pwd", "random", "re", "resource",
    "runpy", "select", "selectors", "shlex", "shutil", "signal", "stat", "string", "subprocess",
    "syslog", "tempfile", "termios", "time", "traceback", "types", "typing", "unicodedata", "uuid",
    "zipfile",
)  # fmt: skip

# What was compiled, by its source; Ansible sends the same files with every module.
codes = {}
news = {}


def compile_once(path, source):
    """Compile a file of an archive, or find what was made of the same text."""
    if source not in codes:
        codes[source] = news[source] = compile_source(path, source)
    return codes[source]


def identity():
    """Tell this Python's program apart from the one that an upgrade would put in its place."""
    found = Path(sys.executable).stat()
    return found.st_dev, found.st_ino, found.st_mtime_ns


def serve():
    """Answer until nobody asks; return in each fork, with the file where it tells what it learnt.

    None when nobody asks any more.
    """
    door, started_as = socket.socket(fileno=0), identity()
    door.settimeout(IDLE_S)
    while identity() == started_as:
        try:
            asked, _address = door.accept()
        except OSError:
            return None
        asked.settimeout(None)
        asked.sendall(b"ready")
        _word, files, _flags, _from = socket.recv_fds(asked, 1, 3)
        if len(files) == 3:
            learnt = os.memfd_create("learnt")
            child = os.fork()
            if not child:
                become(door.detach(), asked.detach(), files)
                return learnt
            answer(asked, child, learnt)
        for file in (*files, asked.detach()):
            os.close(file)
    return None


def become(door, asked, files):
    """Take the files of a request as standard input, output and errors, in place of the door."""
    os.setsid()
    os.close(asked)
    for number, file in enumerate(files, start=door):
        os.dup2(file, number)
        os.close(file)


def answer(asked, child, learnt):
    """Wait for the end of a fork, keep what it compiled, and tell its exit status."""
    _pid, status = os.waitpid(child, 0)
    with os.fdopen(learnt, "rb") as file, suppress(EOFError, ValueError, TypeError):
        file.seek(0)
        codes.update(marshal.load(file))  # noqa: S302 - of our own fork
    with suppress(OSError):
        asked.sendall(struct.pack("=i", os.waitstatus_to_exitcode(status)))


def tell(learnt):
    """Write what this fork compiled."""
    with os.fdopen(learnt, "wb") as file:
        marshal.dump(news, file)


def run(learnt):
    """Run the program of standard input, as ``python3`` itself would."""
    atexit.register(tell, learnt)
    with os.fdopen(0, "rb", closefd=False) as file:
        program = compile(file.read(), "<stdin>", "exec")
    exec(program, {"__name__": "__main__", "__builtins__": __builtins__})  # noqa: S102


def main():
    """Serve, and in each fork run what was asked."""
    # An orphan is buried by the first process inside, which is at once: the host's may take its
    # time, and the namespaces wait for it.
    if os.fork():
        os._exit(0)
    for name in WARM:
        with suppress(ImportError):
            importlib.import_module(name)
    if compile_source:
        zipimport._compile_source = compile_once
    # The run that started this is told by its first environment; modules need not see it.
    os.environ.pop("AWX_ISOLATED_DATA_DIR", None)
    gc.freeze()
    if (learnt := serve()) is not None:
        run(learnt)


# Private to Python; without it, nothing is remembered.
compile_source = getattr(zipimport, "_compile_source", None)

if __name__ == "__main__":
    main()
