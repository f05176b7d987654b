# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes docs/images/console.png: the real console, in French, on the example town.

.venv/bin/python -m tools.picture
"""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

import cairosvg  # type: ignore[import-untyped]

from fleet.i18n import set_language
from fleet.services import example
from fleet.services.town import init_town
from tui.app import ParcLibreApp

PICTURE = Path(__file__).parent.parent / "docs" / "images" / "console.png"
SIZE = (120, 32)
_WIDTH_PX = 1400
# Textual asks for a font of the web; cairosvg takes one of the system (fonts-dejavu).
_FONT = "DejaVu Sans Mono"


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


def main() -> None:
    """Write the picture."""
    set_language("fr")
    with tempfile.TemporaryDirectory() as home:
        svg = asyncio.run(console_svg(Path(home)))
    PICTURE.parent.mkdir(exist_ok=True)
    svg = svg.replace("Fira Code", _FONT)
    cairosvg.svg2png(bytestring=svg.encode(), write_to=str(PICTURE), output_width=_WIDTH_PX)


if __name__ == "__main__":
    main()
