# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""French papers from HTML templates: ``fleet/data/documents``, or a town's own copies of them.

A template gets records and says everything else itself, words of codes included, so that a
town changes any of it in a copy. It runs in a sandbox; every value is made safe and escaped;
nothing is ever fetched, neither from the network nor from files. ``to_pdf`` gives tagged PDF
(PDF/UA-1 as WeasyPrint makes it). See docs/decisions/0019-pdf.md.
"""

from __future__ import annotations

import hashlib
import io
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import segno
from jinja2 import FileSystemLoader, StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from fleet.errors import BadInput, ToolMissing
from fleet.i18n import _
from fleet.output.safe import lines_for_terminal

TEMPLATES = Path(__file__).parent.parent / "data" / "documents"
STYLE = "document.css"
_UNITS = ((10**12, "To"), (10**9, "Go"), (10**6, "Mo"), (10**3, "ko"))
_NO_BREAK = "\u00a0"
# The quiet zone that readers ask for, in modules.
_QR_BORDER = 4


def fill(template: str, own: Sequence[Path] = (), **values: Any) -> str:
    """Return a document's HTML; a template of the ``own`` folders comes before ours.

    Raises BadInput that names the template when a town's copy has a mistake.
    """
    environment = _environment((*own, TEMPLATES))
    try:
        style = environment.get_template(STYLE).render()
        text = environment.get_template(template).render(style=style, **values)
    except TemplateError as error:
        raise BadInput(
            _("The template {name} has a mistake: {why}.").format(name=template, why=error),
            hint=_("Correct your copy, or remove it: ours is used then."),
        ) from error
    # Whatever a disk's firmware says, nothing hides, turns round or moves on the page.
    return lines_for_terminal(text.expandtabs())


def to_pdf(html: str) -> bytes:
    """Return a document as tagged PDF; the same bytes for the same document.

    Raises ToolMissing when Pango, the text layout library, is not installed.
    """
    try:
        from weasyprint import HTML
        from weasyprint.urls import URLFetcher
    except (ImportError, OSError) as error:
        raise ToolMissing(
            _("The libraries that make PDF documents are missing: {why}").format(why=error),
            hint=_("See what to install: parclibre doctor documents"),
        ) from error
    identifier = hashlib.sha256(html.encode("utf-8")).digest()[:16]
    document = HTML(string=html, url_fetcher=URLFetcher(allowed_protocols=()))
    made: bytes = document.write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=identifier)
    return made


def qr_svg(text: str, title: str) -> str:
    """Return a QR code as an SVG element; the title, escaped, is what a screen reader says."""
    out = io.BytesIO()
    code = segno.make(text, error="m", micro=False)
    code.save(
        out, kind="svg", border=_QR_BORDER, xmldecl=False, svgclass="qr", title=title, scale=3
    )  # fmt: skip
    return out.getvalue().decode("utf-8").strip()


def _environment(folders: Sequence[Path]) -> SandboxedEnvironment:
    environment = SandboxedEnvironment(
        loader=FileSystemLoader([str(folder) for folder in folders]),
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters.update(
        jour=_day, instant=_moment, taille=_size, octets=_bytes, duree=_duration, debit=_rate,
        pourcent=_percent, groupe=_grouped, qr=qr_svg,
    )  # fmt: skip
    return environment


def _day(iso: str) -> str:
    return datetime.fromisoformat(iso).strftime("%d/%m/%Y")


def _moment(iso: str) -> str:
    return datetime.fromisoformat(iso).strftime("%d/%m/%Y à %H:%M:%S UTC")


def _size(count: int) -> str:
    for unit, name in _UNITS:
        if count >= unit:
            value = count / unit
            text = f"{value:.0f}" if value >= 100 else f"{value:.3g}"
            return f"{text.replace('.', ',')}{_NO_BREAK}{name}"
    return f"{count}{_NO_BREAK}octets"


def _bytes(count: int) -> str:
    return f"{count:,}".replace(",", "\u202f") + f"{_NO_BREAK}octets"


def _duration(seconds: int) -> str:
    hours, rest = divmod(seconds, 3600)
    minutes, left = divmod(rest, 60)
    parts = (f"{hours} h", f"{minutes:02d} min") if hours else (f"{minutes} min",)
    return " ".join((*parts, f"{left:02d} s")).replace(" ", _NO_BREAK)


def _rate(bytes_per_s: int) -> str:
    return f"{_size(bytes_per_s)}/s"


def _percent(permille: int) -> str:
    whole, tenth = divmod(permille, 10)
    return (f"{whole},{tenth}" if tenth else f"{whole}") + f"{_NO_BREAK}%"


def _grouped(text: str, every: int = 4) -> str:
    return " ".join(text[start : start + every] for start in range(0, len(text), every))


def main(arguments: Sequence[str]) -> int:
    """Turn an HTML file into a PDF file: in a process of its own, whose memory ends with it."""
    source, target = arguments
    Path(target).write_bytes(to_pdf(Path(source).read_text("utf-8")))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
