# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a document may fetch while it becomes a PDF: nothing, or a town's own pictures."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from weasyprint.urls import URLFetcher, URLFetcherResponse

from fleet.errors import BadInput
from fleet.i18n import _
from fleet.output.pictures import read_picture

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*\.(?:png|jpe?g)")


class OwnPictures(URLFetcher):  # type: ignore[misc]  # WeasyPrint has no types
    """Gives the pictures that lie in a town's folders, and refuses anything else.

    ``refused`` is the first refusal: WeasyPrint goes on without what it could not get.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        super().__init__(allowed_protocols=())
        self.folders = tuple(folder.resolve() for folder in folders)
        self.refused: BadInput | None = None

    def fetch(self, url: str, headers: Any = None) -> Any:
        """Return a picture of the folders. Raises BadInput."""
        try:
            data = read_picture(self._path(url))
        except BadInput as error:
            self.refused = self.refused or error
            raise
        return URLFetcherResponse(url, data, {"Content-Type": "image/png"})

    def _path(self, url: str) -> Path:
        asked = Path(unquote(urlsplit(url).path))
        inside = url.startswith("file:///") and asked.parent == self.folders[0]
        if inside and _NAME.fullmatch(asked.name):
            paths = [folder / asked.name for folder in self.folders]
            path = next((path for path in paths if path.exists()), asked)
            if path.resolve().parent in self.folders:
                return path
        raise BadInput(
            _("A document asks for {url}, which is not a picture beside its template.").format(
                url=url[:200]
            ),
            hint=_("Put a PNG or JPEG picture in the folder of the templates."),
        )


class Nothing(URLFetcher):  # type: ignore[misc]  # WeasyPrint has no types
    """Fetches nothing; the document is made without what it asks for."""

    refused: BadInput | None = None

    def __init__(self) -> None:
        super().__init__(allowed_protocols=())


def fetcher(folders: Sequence[Path]) -> OwnPictures | Nothing:
    """Return what fetches for a document: nothing at all when it has no folder of pictures."""
    return OwnPictures(folders) if folders else Nothing()
