# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A signed Debian archive of a few packages, served over HTTP, that can fail when told to."""

from __future__ import annotations

import hashlib
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from fleet.adapters.apt_sources import Source

PUBLISHED = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)


@dataclass(slots=True, kw_only=True)
class TinyArchive:
    """The archive's folder, its key, and how its server behaves."""

    folder: Path
    keyring: Path
    home: Path
    url: str = ""
    broken_after: int | None = None
    asked: list[str] = field(default_factory=list)

    @property
    def source(self) -> Source:
        """The source to give to APT."""
        return Source(uri=self.url, suite="tiny", components=("main",), keyring=self.keyring)

    def add(
        self,
        name: str,
        *,
        depends: str = "",
        recommends: str = "",
        size: int = 20_000,
        **scripts: str,
    ) -> None:
        """Build a package of that size, with its scripts."""
        tree = self.folder / "build" / name
        (tree / "DEBIAN").mkdir(parents=True)
        share = tree / "usr/share" / name
        share.mkdir(parents=True)
        # Does not compress: the file is really as large as asked.
        (share / "content").write_bytes(hashlib.shake_256(name.encode()).digest(size))
        control = f"Package: {name}\nVersion: 1.0\nArchitecture: amd64\nMaintainer: T <t@x.fr>\n"
        control += f"Depends: {depends}\n" if depends else ""
        control += f"Recommends: {recommends}\n" if recommends else ""
        (tree / "DEBIAN/control").write_text(f"{control}Installed-Size: 24\nDescription: t\n")
        for script, text in scripts.items():
            (tree / "DEBIAN" / script).write_text(f"#!/bin/sh\n{text}\n")
            (tree / "DEBIAN" / script).chmod(0o755)
        _run("dpkg-deb", "--build", "--root-owner-group", "-Znone", str(tree), str(self.pool))

    @property
    def pool(self) -> Path:
        """Where the packages are."""
        return self.folder / "pool"

    def publish(self) -> None:
        """Write and sign the indexes of what is in the pool."""
        index = "\n".join(self._stanza(deb) for deb in sorted(self.pool.glob("*.deb")))
        binary = self.folder / "dists/tiny/main/binary-amd64"
        binary.mkdir(parents=True, exist_ok=True)
        (binary / "Packages").write_text(index)
        digest = hashlib.sha256(index.encode()).hexdigest()
        release = self.folder / "dists/tiny/Release"
        release.write_text(
            f"Origin: Tiny\nSuite: tiny\nCodename: tiny\nDate: {format_datetime(PUBLISHED)}\n"
            "Architectures: amd64\nComponents: main\nSHA256:\n"
            f" {digest} {len(index)} main/binary-amd64/Packages\n"
        )
        _run(
            "gpg", "--homedir", str(self.home), "--batch", "--yes", "--clearsign",
            "--output", str(release.with_name("InRelease")), str(release),
        )  # fmt: skip

    def forget_key(self) -> None:
        """End the agent that gpg left at work."""
        _run("gpgconf", "--homedir", str(self.home), "--kill", "all")

    def _stanza(self, deb: Path) -> str:
        control = _run("dpkg-deb", "--field", str(deb))
        digest = hashlib.sha256(deb.read_bytes()).hexdigest()
        return f"{control}Filename: pool/{deb.name}\nSize: {deb.stat().st_size}\nSHA256: {digest}\n"


class _Handler(SimpleHTTPRequestHandler):
    """Serves the archive; a package beyond the given number of bytes is cut."""

    def __init__(self, archive: TinyArchive, *args: Any, **options: Any) -> None:
        self.archive = archive
        super().__init__(*args, directory=str(archive.folder), **options)

    def copyfile(self, source: Any, outputfile: Any) -> None:
        """Send a file, or its beginning only."""
        self.archive.asked.append(self.path)
        if self.archive.broken_after is None or not self.path.endswith(".deb"):
            super().copyfile(source, outputfile)
            return
        outputfile.write(source.read(self.archive.broken_after))
        self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def served(archive: TinyArchive) -> Iterator[TinyArchive]:
    """Serve the archive until the context ends."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, archive))
    archive.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield archive
    finally:
        server.shutdown()
        server.server_close()


def new_archive(folder: Path) -> TinyArchive:
    """Make an empty archive with a key of its own."""
    home = folder / "gnupg"
    home.mkdir(mode=0o700, parents=True)
    (folder / "www/pool").mkdir(parents=True)
    gpg = ("gpg", "--homedir", str(home), "--batch")
    _run(*gpg, "--passphrase", "", "--quick-generate-key", "tiny@example.org", "ed25519", "sign")
    keyring = folder / "tiny.gpg"
    _run(*gpg, "--output", str(keyring), "--export")
    return TinyArchive(folder=folder / "www", keyring=keyring, home=home)


def _run(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout
