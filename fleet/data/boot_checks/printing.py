# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check of printing: a virtual driverless printer receives a page with the right text."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from .office import judged_text, pdf_text
from .tools import (
    Answer,
    Check,
    Settings,
    fail,
    installed,
    not_applicable,
    run,
    search_path,
    wait_for,
)

_QUEUE = "parclibre-proof"
_PORT = 8631
_URI = f"ipp://localhost:{_PORT}/ipp/print"
_PAGE = "Page d’essai : élève, œuvre, façade, 12 €."


def printing(settings: Settings) -> Answer:
    """A driverless queue of this system prints a page to an IPP printer."""
    if not installed("lpadmin"):
        return not_applicable("CUPS is not installed")
    if not installed("ippeveprinter"):
        return not_applicable("ippeveprinter (cups-ipp-utils) is not in this image")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with (folder / "printer.log").open("wb") as log:
            printer = _printer(folder, log.fileno())
            try:
                return _print(folder, settings)
            finally:
                printer.kill()
                run(["lpadmin", "-x", _QUEUE])


def one_page(text: str) -> bytes:
    """Return a one-page A4 PDF whose text programs can read back.

    A text file would not do: cups-filters draws it with glyph numbers only.
    """
    words = text.encode("cp1252")
    shown = b"BT /F1 14 Tf 72 720 Td <%b> Tj ET" % words.hex().encode("ascii")
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
        b"/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%b\nendstream" % (len(shown), shown),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    )
    document = bytearray(b"%PDF-1.4\n")
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(document))
        document += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    end = b"xref\n0 %d\n0000000000 65535 f \n%btrailer\n<</Size %d/Root 1 0 R>>\n"
    start = len(document)
    return bytes(document) + end % (size, table, size) + b"startxref\n%d\n%%%%EOF\n" % start


def _printer(folder: Path, log: int) -> subprocess.Popen[bytes]:
    (folder / "received").mkdir()
    return subprocess.Popen(
        ["ippeveprinter", "-v", "-k", "-d", str(folder / "received"), "-p", str(_PORT),
         "-f", "application/pdf,image/pwg-raster,image/urf", "-n", "localhost", "ParcLibre"],
        stdin=subprocess.DEVNULL, stdout=log, stderr=log, env={"PATH": search_path()},
    )  # fmt: skip


def _print(folder: Path, settings: Settings) -> Answer:
    limit = settings["limits"]["printing"]
    queue = ["lpadmin", "-p", _QUEUE, "-E", "-v", _URI, "-m", "everywhere"]
    if not wait_for(lambda: run(queue, timeout_s=limit).status == 0, limit, 5):
        return fail(f"no queue: {run(queue).output} {_log(folder)}")
    page = folder / "page.pdf"
    page.write_bytes(one_page(_PAGE))
    sent = run(["lp", "-d", _QUEUE, str(page)])
    if sent.status:
        return fail(sent.output)
    if not wait_for(lambda: _finished(folder), limit):
        return fail(f"nothing was received; {run(['lpstat', '-t']).output[-600:]} {_log(folder)}")
    return judged_text(pdf_text(_received(folder)[0]), (_PAGE,))


def _received(folder: Path) -> list[Path]:
    return sorted((folder / "received").glob("*.pdf"))


def _finished(folder: Path) -> bool:
    """Whether the printer holds a whole page: the queue has nothing left to send."""
    waiting = run(["lpstat", "-o", _QUEUE]).output.strip()
    return bool(_received(folder)) and not waiting


def _log(folder: Path) -> str:
    return (folder / "printer.log").read_text(encoding="utf-8", errors="replace")[-400:]


CHECKS: dict[str, Check] = {"printing": printing}
