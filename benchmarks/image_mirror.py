# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A mirror on this computer that keeps what it fetched: every tool downloads at the same speed.

Packages never change under their name; indexes are kept for the run, so that every tool sees the
same state of the mirror.
"""

from __future__ import annotations

import shutil
import tempfile
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

_TIMEOUT_S = 60


@contextmanager
def local_mirror(upstream: str, cache: Path) -> Iterator[str]:
    """Give the address of a mirror of ``upstream`` that answers from ``cache``."""
    cache.mkdir(parents=True, exist_ok=True)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            kept = cache / sha256(self.path.encode()).hexdigest()
            status = 200 if kept.exists() else _fetch(upstream + self.path, kept)
            self.send_response(status)
            self.send_header("Content-Length", str(kept.stat().st_size if status == 200 else 0))
            self.end_headers()
            if status == 200:
                with kept.open("rb") as file:
                    shutil.copyfileobj(file, self.wfile)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: requests come by the hundred."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def _fetch(address: str, kept: Path) -> int:
    """Keep a file of the upstream mirror whole, or return why not, as HTTP says it."""
    try:
        with (
            urllib.request.urlopen(address, timeout=_TIMEOUT_S) as answer,  # noqa: S310
            tempfile.NamedTemporaryFile(dir=kept.parent, delete=False) as file,
        ):
            shutil.copyfileobj(answer, file)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 502
    Path(file.name).rename(kept)
    return 200
