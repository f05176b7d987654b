# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A page in headless Chromium: what axe-core finds in it, how wide it is, how it prints.

axe-core is fetched once, with npm and by its SHA-256: ``python -m tests.audit.browser``.
"""

from __future__ import annotations

import hashlib
import html
import json
import os
import re
import shutil
import subprocess
import tarfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

AXE = "4.14.1"
AXE_SHA256 = "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c"
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_TOLD = re.compile(r'<pre id="told-by-test">(.*?)</pre>', re.DOTALL)
_TELL = """
function tell(found) {
  const told = document.createElement("pre");
  told.id = "told-by-test";
  told.textContent = JSON.stringify(found);
  document.body.append(told);
}
"""


def axe_file() -> Path:
    """Where axe-core is kept between runs."""
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(base).expanduser() / "parclibre-tests" / f"axe-{AXE}.min.js"


def missing() -> str:
    """What keeps these tests from running; empty when nothing does."""
    if chromium() is None:
        return "Chromium is missing: apt-get install chromium"
    if not axe_file().exists():
        return "axe-core is missing: python -m tests.audit.browser"
    return ""


def chromium() -> str | None:
    """The browser's program."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


def violations(page: str, folder: Path) -> list[str]:
    """What axe-core holds against a page: rule, help, and the first element."""
    run = f"axe.run({{runOnly: {json.dumps(_RULES)}}}).then(found => tell(found.violations))"
    axe = axe_file().read_text("utf-8").replace("</script", "<\\/script")
    found = _ask(page, f"{axe}\n{_TELL}\n{run}", folder)
    return [f"{one['id']}: {one['help']}: {one['nodes'][0]['html']}" for one in found]


def width_in(page: str, width: int, folder: Path) -> int:
    """How wide a page is, in CSS pixels, in a window of some width."""
    return int(_ask_in(page, width, "page.documentElement.scrollWidth", folder))


def scrolled_in(page: str, width: int, folder: Path) -> list[str]:
    """The regions that must be scrolled sideways in a window of some width, by their names."""
    regions = '[...page.querySelectorAll("[role=region]")]'
    wider = "one => one.scrollWidth > one.clientWidth"
    name = 'one => one.getAttribute("aria-labelledby") || one.getAttribute("aria-label")'
    found: list[str] = _ask_in(page, width, f"{regions}.filter({wider}).map({name})", folder)
    return found


def _ask_in(page: str, width: int, question: str, folder: Path) -> Any:
    """Ask something of a ``page`` shown in a frame of some width."""
    frame = f'<iframe id="f" style="width:{width}px;height:800px;border:0"' + (
        f' srcdoc="{html.escape(page)}"></iframe>'
    )
    ask = 'onload = () => {const page = document.getElementById("f").contentDocument; '
    holder = f"<!DOCTYPE html><html lang=en><title>w</title><body>{frame}</body></html>"
    return _ask(holder, f"{_TELL}\n{ask}tell({question})}}", folder)


def printed(page: str, folder: Path) -> bytes:
    """The page as Chromium prints it."""
    source, target = folder / "print.html", folder / "print.pdf"
    source.write_text(page, "utf-8")
    _chromium(f"--print-to-pdf={target}", "--no-pdf-header-footer", source.as_uri(), folder=folder)
    return target.read_bytes()


def screenshot(
    page: str, target: Path, folder: Path, width: int = 1000, height: int = 1400
) -> None:
    """Draw a page, for a person to look at."""
    source = folder / "shot.html"
    source.write_text(page, "utf-8")
    _chromium(
        f"--screenshot={target}", f"--window-size={width},{height}", source.as_uri(), folder=folder
    )


def _ask(page: str, script: str, folder: Path) -> Any:
    """Run a script at the end of a page, and return what it tells."""
    source = folder / "asked.html"
    before, end, after = page.rpartition("</body>")
    source.write_text(f"{before}<script>{script}</script>{end}{after}", "utf-8")
    dumped = _chromium("--dump-dom", "--virtual-time-budget=60000", source.as_uri(), folder=folder)
    told = _TOLD.search(dumped)
    assert told is not None, "the page's script told nothing"
    return json.loads(html.unescape(told[1]))


def _chromium(*words: str, folder: Path) -> str:
    program = chromium()
    assert program is not None
    done = subprocess.run(
        [
            program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
            f"--user-data-dir={folder / 'chromium'}", *words,
        ],
        capture_output=True, timeout=110, check=True,
    )  # fmt: skip
    return done.stdout.decode("utf-8")


def fetch_axe() -> Path:
    """Fetch axe-core with npm. Raises ValueError when it is not the expected one."""
    with TemporaryDirectory() as folder:
        subprocess.run(
            ["npm", "pack", f"axe-core@{AXE}"], cwd=folder, check=True, capture_output=True
        )
        with tarfile.open(next(Path(folder).glob("*.tgz"))) as package:
            member = package.extractfile("package/axe.min.js")
            assert member is not None
            script = member.read()
    if hashlib.sha256(script).hexdigest() != AXE_SHA256:
        raise ValueError("this is not the axe-core that was looked at")
    axe_file().parent.mkdir(parents=True, exist_ok=True)
    axe_file().write_bytes(script)
    return axe_file()


if __name__ == "__main__":
    print(fetch_axe())  # noqa: T201
