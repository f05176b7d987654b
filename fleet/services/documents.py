# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""PDF documents made in processes of their own: one, so that its libraries weigh on nobody; some,
side by side, when there are many documents.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

from fleet.adapters import process
from fleet.i18n import current_language, set_language
from fleet.output.documents import to_pdf

# HTML to PDF. ``fleet.output.documents.to_pdf`` does it in this process.
Render = Callable[[str], bytes]
# Many documents, and the folders of their pictures, to as many PDFs in their order.
RenderMany = Callable[[Sequence[str], Sequence[Path]], Iterator[bytes]]
_LONGEST_S = 300
# A process costs a second of imports and 100 MB: it must have enough to do.
_WORTH_A_PROCESS = 8
_MOST_PROCESSES = 4


def in_child(html: str) -> bytes:
    """Return a document as tagged PDF; some 60 MB are used, and given back at once.

    Raises FleetError when it cannot be made.
    """
    with TemporaryDirectory(prefix="parclibre-") as folder:
        source, target = Path(folder, "document.html"), Path(folder, "document.pdf")
        source.write_text(html, encoding="utf-8")
        process.run(
            [sys.executable, "-m", "fleet.output.documents", str(source), str(target)],
            timeout_s=_LONGEST_S,
            environ={"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
        return target.read_bytes()


def side_by_side(pages: Sequence[str], pictures: Sequence[Path] = ()) -> Iterator[bytes]:
    """Yield documents as tagged PDF, in their order; many are made by several processes.

    Names go to them by pipes, never by files. Raises as ``to_pdf``.
    """
    make = partial(to_pdf, folders=tuple(pictures))
    workers = min(os.cpu_count() or 1, _MOST_PROCESSES, len(pages) // _WORTH_A_PROCESS)
    if workers < 2:
        yield from map(make, pages)
        return
    # One process imports the libraries; the others are its copies, and so are those of later calls.
    context = get_context("forkserver")
    context.set_forkserver_preload(["weasyprint", "fleet.output.fetching"])
    with ProcessPoolExecutor(
        workers, context, initializer=set_language, initargs=(current_language(),)
    ) as pool:
        yield from pool.map(make, pages, chunksize=2)


def own_templates(home: Path) -> tuple[Path, ...]:
    """Return the folders of a town's own templates; those found there come before ours."""
    return (home / "documents",)
