# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes docs/images/console.png: the real console, in French, on the example town.

.venv/bin/python -m tools.picture
"""

from __future__ import annotations

import asyncio
import re
import tempfile
from pathlib import Path

import cairosvg  # type: ignore[import-untyped]

from fleet.i18n import set_language
from fleet.services import example
from fleet.services.town import init_town
from tui.app import ParcLibreApp

PICTURE = Path(__file__).parent.parent / "docs" / "images" / "console.png"
SIZE = (120, 32)
# Textual asks for a font of the web; cairosvg takes one of the system (fonts-dejavu). Columns line
# up when a letter is as wide as Textual's cell, and a cell a whole number of pixels.
_FONT = "DejaVu Sans Mono"
_CELL, _CELL_PX = 12.2, 12
_FONT_SIZE = _CELL / (1233 / 2048)
_WIDTH = re.compile(r'viewBox="0 0 ([\d.]+)')
_LENGTH = re.compile(r' textLength="[^"]*"')


async def console_svg(home: Path) -> str:
    """Return the fleet of the example town as SVG."""
    url = f"sqlite:///{home / 'journal.db'}"
    example.fill(init_town(home, url))
    app = ParcLibreApp(home, url, operator="Camille B.")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause(1.5)
        await pilot.press("down", "down", "down")
        await pilot.pause(1)
        return app.export_screenshot(title="ParcLibre")


def png_of(svg: str) -> bytes:
    """Return a screenshot as PNG, its columns in line."""
    svg = svg.replace("Fira Code", _FONT).replace(
        "font-size: 20px", f"font-size: {_FONT_SIZE:.3f}px"
    )
    svg = _LENGTH.sub("", svg)
    found = _WIDTH.search(svg)
    width = round(float(found[1]) * _CELL_PX / _CELL) if found else None
    return bytes(cairosvg.svg2png(bytestring=svg.encode(), output_width=width))


def main() -> None:
    """Write the picture."""
    set_language("fr")
    with tempfile.TemporaryDirectory() as home:
        svg = asyncio.run(console_svg(Path(home)))
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.write_bytes(png_of(svg))


if __name__ == "__main__":
    main()
