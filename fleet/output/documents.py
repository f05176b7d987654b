# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""French papers from HTML templates: ``fleet/data/documents``, or a town's own copies of them.

A template gets records and says everything else itself, words of codes included, so that a
town changes any of it in a copy. A copy that holds code is refused; all run in a sandbox; every
value is made safe and escaped; nothing is fetched but pictures beside a town's own templates.
``to_pdf`` gives tagged PDF (PDF/UA-1 as WeasyPrint makes it). See docs/decisions/0019-pdf.md and
0024-documents.md.
"""

from __future__ import annotations

import hashlib
import io
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import segno
from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError, TemplateNotFound
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup

from fleet.errors import BadInput, ToolMissing
from fleet.i18n import _
from fleet.output import template_words
from fleet.output.safe import lines_for_terminal
from fleet.output.template_code import check_code, refuse

TEMPLATES = Path(__file__).parent.parent / "data" / "documents"
STYLE = "document.css"
# A page of 500 machines is 1 MB of HTML.
MAX_HTML = 32 * 1024 * 1024
_UNITS = ((10**12, "To"), (10**9, "Go"), (10**6, "Mo"), (10**3, "ko"))
_NO_BREAK = "\u00a0"
# The quiet zone that readers ask for, in modules.
_QR_BORDER = 4


def fill(template: str, own: Sequence[Path] = (), *, look: str = STYLE, **values: Any) -> str:
    """Return a document's HTML; a template of the ``own`` folders comes before ours.

    ``look`` is the style sheet. Raises BadInput that names the template and its line when a
    town's copy has a mistake, or holds what a template must not.
    """
    made = environment(own)
    try:
        style = made.get_template(look).render()
        text = _rendered(made, template, {"style": style, **values})
    except TemplateError as error:
        raise _mistake(template, error) from error
    except (RecursionError, UnicodeDecodeError) as error:
        raise _mistake(template, error) from None
    # Whatever a disk's firmware says, nothing hides, turns round or moves on the page.
    return lines_for_terminal(text.expandtabs())


def _rendered(made: SandboxedEnvironment, template: str, values: dict[str, Any]) -> str:
    parts: list[str] = []
    left = MAX_HTML
    for part in made.get_template(template).generate(values):
        left -= len(part)
        if left < 0:
            raise TemplateError(_("the page grows without end"))
        parts.append(part)
    return "".join(parts)


def _mistake(template: str, error: Exception) -> BadInput:
    place = ""
    step = error.__traceback__
    while step is not None:
        file = Path(step.tb_frame.f_code.co_filename)
        if file.suffix in (".html", ".css"):
            place = _(" ({file}, line {line})").format(file=file.name, line=step.tb_lineno)
        step = step.tb_next
    why = _("{name} is missing").format(name=error) if _is_absent(error) else error
    return BadInput(
        _("The template {name} has a mistake: {why}.").format(
            name=template, why=f"{str(why).rstrip('.')}{place}"
        ),
        hint=_("Correct your copy, or remove it: ours is used then."),
    )


def _is_absent(error: Exception) -> bool:
    return isinstance(error, TemplateNotFound)


def to_pdf(html: str, folders: Sequence[Path] = ()) -> bytes:
    """Return a document as tagged PDF; the same bytes for the same document.

    ``folders`` are where its pictures may be, the first one first. Raises BadInput when the
    document asks for anything else, ToolMissing when Pango, the text layout library, is missing.
    """
    try:
        from weasyprint import HTML

        from fleet.output.fetching import fetcher
    except (ImportError, OSError) as error:
        raise ToolMissing(
            _("The libraries that make PDF documents are missing: {why}").format(why=error),
            hint=_("See what to install: parclibre doctor documents"),
        ) from error
    identifier = hashlib.sha256(html.encode("utf-8")).digest()[:16]
    base = f"{folders[0].resolve().as_uri()}/" if folders else None
    fetching = fetcher(folders)
    document = HTML(string=html, base_url=base, url_fetcher=fetching)
    made: bytes = document.write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=identifier)
    if fetching.refused is not None:
        raise fetching.refused
    return made


def qr_svg(text: str, title: str) -> str:
    """Return a QR code as an SVG element; the title, escaped, is what a screen reader says."""
    out = io.BytesIO()
    code = segno.make(text, error="m", micro=False)
    code.save(
        out, kind="svg", border=_QR_BORDER, xmldecl=False, svgclass="qr", title=title, scale=3
    )  # fmt: skip
    return out.getvalue().decode("utf-8").strip()


class _Templates(FileSystemLoader):
    """Templates of a town's folders, read for what they must not hold, then ours."""

    def get_source(
        self, environment: Environment, template: str
    ) -> tuple[str, str, Callable[[], bool]]:
        source, path, is_fresh = super().get_source(environment, template)
        if Path(path).parent != TEMPLATES:
            refuse(check_code(source, template, environment))
        return source, path, is_fresh


def environment(own: Sequence[Path] = ()) -> SandboxedEnvironment:
    """Return what reads and runs templates: the sandbox with our filters and nothing more.

    What it compiled is kept until a file of the ``own`` folders comes, changes or goes.
    """
    return _environment(tuple(own), tuple(_seen(folder) for folder in own))


def _seen(folder: Path) -> tuple[tuple[str, int], ...]:
    if not folder.is_dir():
        return ()
    return tuple(sorted((path.name, path.lstat().st_mtime_ns) for path in folder.iterdir()))


@lru_cache(maxsize=8)
def _environment(own: tuple[Path, ...], seen: object) -> SandboxedEnvironment:
    folders = [str(folder) for folder in (*own, TEMPLATES)]
    made = SandboxedEnvironment(
        loader=_Templates(folders),
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    made.globals.clear()
    made.filters.update(
        jour=_day, instant=_moment, taille=_size, octets=_bytes, duree=_duration, debit=_rate,
        pourcent=_percent, groupe=_grouped, qr=_qr,
        jour_long=template_words.long_day, jour_court=template_words.short_day,
        nombre=template_words.count, euros=template_words.euros, memoire=template_words.memory,
        nom=template_words.isolated, blanc=template_words.blank, accord=template_words.plural,
        mot=template_words.words_of,
    )  # fmt: skip
    return made


def _qr(text: str, title: str) -> Markup:
    return Markup(qr_svg(text, title))  # noqa: S704  (segno escapes both)


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
    source, target, *folders = arguments
    pdf = to_pdf(Path(source).read_text("utf-8"), tuple(map(Path, folders)))
    Path(target).write_bytes(pdf)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
