# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Labels with a QR code: A4 sheets of 3 by 8 (70 by 37 mm) as PDF, one label as PNG.

The QR code holds ``parclibre:TAG``: no address, nothing to follow, readable by any scanner.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import segno
from fpdf import FPDF
from PIL import Image, ImageDraw, ImageFont

from fleet.i18n import current_language
from fleet.output.safe import for_terminal

COLUMNS, ROWS = 3, 8
WIDTH_MM, HEIGHT_MM = 70.0, 37.0
PER_SHEET = COLUMNS * ROWS
# Eight rows of 37 mm leave 1 mm of an A4 page, half above and half below.
_TOP_MM = 0.5
# Printers leave some 5 mm of an A4 page's edge blank.
_MARGIN_MM = 5.0
_QR_MM = 27.0
_TEXT_MM = WIDTH_MM - 2 * _MARGIN_MM - _QR_MM - 2.0
_DPI = 300
_SMALLEST = 7.0
_MM_PER_POINT = 25.4 / 72
_LEADING = 1.25
_SCHEME = "parclibre:"
_FONT_FOLDERS = (
    Path("/usr/share/fonts/truetype/dejavu"),
    Path("/usr/share/fonts/dejavu"),
    Path("/usr/share/fonts/dejavu-sans-fonts"),
    Path("/usr/share/fonts/TTF"),
)
_REGULAR, _BOLD = "DejaVuSans.ttf", "DejaVuSans-Bold.ttf"
# What the PDF format's own fonts (Latin-1) lack of French and of firmware's typography.
_BUILT_IN = "helvetica"
_LATIN = str.maketrans(
    {"œ": "oe", "Œ": "OE", "€": "EUR", "’": "'", "–": "-", "—": "-", "…": "...", "™": ""}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What one label says. ``owner`` is the town's name, printed small."""

    tag: str
    model: str = ""
    serial: str = ""
    owner: str = ""

    def texts(self) -> tuple[tuple[str, float, bool], ...]:
        """Return (text, largest size in points, bold) for each text that the label bears."""
        texts = (
            (self.tag, 20.0, True),
            (self.model, 9.0, False),
            (f"S/N {self.serial}" if self.serial else "", 8.0, False),
            (self.owner, 7.5, False),
        )
        return tuple((for_terminal(text), size, bold) for text, size, bold in texts if text)


# A line to print: text, size in points, bold.
Line = tuple[str, float, bool]
Measure = Callable[[str, float, bool], float]


def fitted(label: Label, measure: Measure, room: float) -> list[Line]:
    """Return the lines of a label: shrunk to the room, then on two lines, then cut."""
    found: list[Line] = []
    for text, size, bold in label.texts():
        widest = measure(text, size, bold)
        size = max(_SMALLEST, min(size, size * room / widest * 0.99)) if widest > room else size

        def fits(part: str, size: float = size, bold: bool = bold) -> bool:
            return measure(part, size, bold) <= room

        found += [(line, size, bold) for line in _two_lines(text, fits)]
    return found


def _two_lines(text: str, fits: Callable[[str], bool]) -> tuple[str, ...]:
    if fits(text):
        return (text,)
    words = text.split(" ")
    kept = max((n for n in range(1, len(words)) if fits(" ".join(words[:n]))), default=0)
    if not kept:
        return (_cut(text, fits),)
    return (" ".join(words[:kept]), _cut(" ".join(words[kept:]), fits))


def _cut(text: str, fits: Callable[[str], bool]) -> str:
    if fits(text):
        return text
    while text and not fits(text + "..."):
        text = text[:-1]
    return text + "..."


def find_fonts() -> tuple[Path, Path] | None:
    """Return DejaVu Sans and its bold, None when this computer has none."""
    for folder in _FONT_FOLDERS:
        regular, bold = folder / _REGULAR, folder / _BOLD
        if regular.is_file() and bold.is_file():
            return regular, bold
    return None


def qr_code(tag: str) -> segno.QRCode:
    """Return a tag's QR code, readable with a quarter of it scratched."""
    return segno.make(_SCHEME + tag, error="q", micro=False)


def sheet(labels: Sequence[Label], *, skip: int = 0, fonts: tuple[Path, Path] | None) -> bytes:
    """Return A4 pages of labels as PDF; ``skip`` places of the first page are left empty."""
    pdf = FPDF(format="A4")
    pdf.set_auto_page_break(False)
    pdf.set_title(" – ".join(dict.fromkeys((labels[0].tag, labels[-1].tag))) if labels else "")
    pdf.set_lang(current_language())
    family = add_fonts(pdf, fonts)
    for number, label in enumerate(labels, start=skip):
        place = number % PER_SHEET
        if place == 0 or number == skip:
            pdf.add_page()
        row, column = divmod(place, COLUMNS)
        _draw(pdf, label, column * WIDTH_MM, _TOP_MM + row * HEIGHT_MM, family)
    return bytes(pdf.output())


def add_fonts(pdf: FPDF, fonts: tuple[Path, Path] | None) -> str:
    """Give a PDF these fonts; return their family's name (the format's own without any)."""
    if fonts is None:
        return _BUILT_IN
    regular, bold = fonts
    pdf.add_font("label", "", str(regular))
    pdf.add_font("label", "B", str(bold))
    return "label"


def _draw(pdf: FPDF, label: Label, x: float, y: float, family: str) -> None:
    _draw_qr(pdf, label.tag, x + _MARGIN_MM, y + (HEIGHT_MM - _QR_MM) / 2)

    def measure(text: str, size: float, bold: bool) -> float:
        pdf.set_font(family, "B" if bold else "", size)
        return float(pdf.get_string_width(printable(text, family)))

    lines = fitted(label, measure, _TEXT_MM)
    heights = [size * _MM_PER_POINT * _LEADING for _text, size, _bold in lines]
    top = y + (HEIGHT_MM - sum(heights)) / 2
    for (text, size, bold), height in zip(lines, heights, strict=True):
        pdf.set_font(family, "B" if bold else "", size)
        top += height
        pdf.text(x + _MARGIN_MM + _QR_MM + 2.0, top - height / 4, printable(text, family))


def printable(text: str, family: str) -> str:
    """Return the text with what the PDF format's own fonts can print."""
    if family != _BUILT_IN:
        return text
    return text.translate(_LATIN).encode("latin-1", "replace").decode("latin-1")


def _draw_qr(pdf: FPDF, tag: str, x: float, y: float) -> None:
    """Draw the modules as vector rectangles, one for each run of black."""
    matrix = [list(row) for row in qr_code(tag).matrix_iter(border=2)]
    module = _QR_MM / len(matrix)
    pdf.set_fill_color(0)
    for row, modules in enumerate(matrix):
        start = None
        for column, black in enumerate([*modules, 0]):
            if black and start is None:
                start = column
            elif not black and start is not None:
                pdf.rect(
                    x + start * module, y + row * module, (column - start) * module, module, "F"
                )
                start = None


def picture(label: Label, *, fonts: tuple[Path, Path] | None) -> bytes:
    """Return one label as a PNG of 70 by 37 mm at 300 dots per inch."""
    image = Image.new("1", (_dots(WIDTH_MM), _dots(HEIGHT_MM)), 1)
    code = _qr_image(label.tag)
    image.paste(code, (_dots(_MARGIN_MM), (image.height - code.height) // 2))
    _write(image, label, _dots(_MARGIN_MM + 2.0) + code.width, fonts)
    out = io.BytesIO()
    image.save(out, "PNG", dpi=(_DPI, _DPI))
    return out.getvalue()


def _dots(mm: float) -> int:
    return round(mm / 25.4 * _DPI)


def _qr_image(tag: str) -> Image.Image:
    """Return the code with whole dots for each module, so that no edge is blurred."""
    code = qr_code(tag)
    scale = max(1, _dots(_QR_MM) // code.symbol_size(border=2)[0])
    out = io.BytesIO()
    code.save(out, kind="png", scale=scale, border=2)
    out.seek(0)
    return Image.open(out).convert("1")


def _write(image: Image.Image, label: Label, left: int, fonts: tuple[Path, Path] | None) -> None:
    draw = ImageDraw.Draw(image)

    def measure(text: str, size: float, bold: bool) -> float:
        return draw.textlength(text, font=_font(size, bold, fonts))

    lines = fitted(label, measure, image.width - left - _dots(_MARGIN_MM))
    heights = [size / 72 * _DPI * _LEADING for _text, size, _bold in lines]
    top = (image.height - sum(heights)) / 2
    for (text, size, bold), height in zip(lines, heights, strict=True):
        top += height
        draw.text(
            (left, top - height / 4), text, font=_font(size, bold, fonts), fill=0, anchor="ls"
        )


def _font(
    points: float, bold: bool, fonts: tuple[Path, Path] | None
) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    dots = points / 72 * _DPI
    if fonts is not None:
        return ImageFont.truetype(str(fonts[1 if bold else 0]), dots)
    return ImageFont.load_default(dots)
