# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks of the office suite: a letter with accents becomes a PDF, a spreadsheet computes."""

from __future__ import annotations

import tempfile
import zipfile
from pathlib import Path

from .tools import Answer, Check, Settings, fail, installed, judged, not_applicable, run

_HERE = Path(__file__).parent
_TEXT = "application/vnd.oasis.opendocument.text"
_SHEET = "application/vnd.oasis.opendocument.spreadsheet"
_LETTER_SAYS = ("Sortie à la forêt", "façade, œuf, cœur, maïs, pâté, 12 €", "L’élève Zoë")
_SHEET_SAYS = ("Éléonore,17", "Gaël,25", "Somme,42")
_MANIFEST = """<?xml version="1.0" encoding="UTF-8"?>
<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
  manifest:version="1.3">
 <manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>
 <manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>
</manifest:manifest>
"""


def letter_to_pdf(settings: Settings) -> Answer:
    """LibreOffice turns a letter with accents into a PDF whose text is right."""
    if not installed("soffice"):
        return not_applicable("LibreOffice is not installed")
    with tempfile.TemporaryDirectory() as folder:
        document = open_document(Path(folder) / "lettre.odt", _TEXT, "lettre.content.xml")
        said, made = _converted(document, "pdf", settings["limits"]["office"])
        if made is None:
            return fail(said)
        return judged_text(pdf_text(made), _LETTER_SAYS)


def spreadsheet(settings: Settings) -> Answer:
    """LibreOffice opens a spreadsheet and computes its formula."""
    if not installed("soffice"):
        return not_applicable("LibreOffice is not installed")
    with tempfile.TemporaryDirectory() as folder:
        document = open_document(Path(folder) / "notes.ods", _SHEET, "notes.content.xml")
        # Comma, double quote, UTF-8.
        csv = "csv:Text - txt - csv (StarCalc):44,34,76"
        said, made = _converted(document, csv, settings["limits"]["office"])
        if made is None:
            return fail(said)
        return judged_text(made.read_text(encoding="utf-8"), _SHEET_SAYS)


def open_document(target: Path, kind: str, fixture: str) -> Path:
    """Write a real OpenDocument file from its committed content."""
    with zipfile.ZipFile(target, "w") as package:
        package.writestr("mimetype", kind)
        package.writestr("META-INF/manifest.xml", _MANIFEST.format(kind=kind))
        package.writestr("content.xml", (_HERE / fixture).read_bytes())
    return target


def pdf_text(path: Path) -> str:
    """Return a PDF's text by a program of the image; the reason when there is none."""
    if installed("pdftotext"):
        return run(["pdftotext", "-layout", "-enc", "UTF-8", str(path), "-"]).output
    if installed("gs"):
        return run(
            ["gs", "-q", "-dBATCH", "-dNOPAUSE", "-sDEVICE=txtwrite", "-sOutputFile=-", str(path)],
            timeout_s=300,
        ).output  # fmt: skip
    return "neither pdftotext nor gs is installed to read the PDF"


def judged_text(text: str, wanted: tuple[str, ...]) -> Answer:
    """Pass when every wanted piece is in the text, whatever its spaces."""
    found = " ".join(text.split())
    missing = [piece for piece in wanted if piece not in found]
    return judged(
        not missing, f"missing: {missing}; text: {found[:300]}" if missing else found[:300]
    )


def _converted(document: Path, kind: str, limit_s: float) -> tuple[str, Path | None]:
    folder = document.parent / "made"
    profile = f"-env:UserInstallation=file://{document.parent}/profile"
    done = run(
        ["soffice", profile, "--headless", "--norestore", "--convert-to", kind,
         "--outdir", str(folder), str(document)],
        timeout_s=limit_s,
    )  # fmt: skip
    made = folder / f"{document.stem}.{kind.partition(':')[0]}"
    return done.output, made if made.exists() else None


CHECKS: dict[str, Check] = {"letter_to_pdf": letter_to_pdf, "spreadsheet": spreadsheet}
