# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The images of this computer: find, list, remove. Proving one is ``images_verify``."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from fleet.errors import BadInput, FleetError, NotFound, UsageError
from fleet.i18n import _
from fleet.model.image import MANIFEST, StoredImage, decode_manifest, is_image_folder
from fleet.store.files import sync_folder

FOLDER = "images"
# Names that begin so are being written or removed: never an image.
_HIDDEN = "."


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadableImage:
    """A folder with the name of an image, whose manifest cannot be read."""

    folder: Path
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovalPlan:
    """What removing an image frees."""

    folder: Path
    size_bytes: int


def images_folder(home: Path) -> Path:
    """Return where the images of an installation are."""
    return home / FOLDER


def read_image(folder: Path) -> StoredImage:
    """Return what an image says of itself; nothing is proven. Raises NotFound, BadInput."""
    try:
        content = (folder / MANIFEST).read_bytes()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise NotFound(
            _("There is no image in {folder}.").format(folder=folder),
            hint=_("See the images of this computer: parclibre image list"),
        ) from error
    except OSError as error:
        raise BadInput(
            _("{path} cannot be read: {why}.").format(path=folder / MANIFEST, why=error.strerror)
        ) from error
    return StoredImage(
        folder=folder,
        manifest=decode_manifest(content),
        manifest_sha256=hashlib.sha256(content).hexdigest(),
    )


def list_images(images: Path) -> tuple[tuple[StoredImage, ...], tuple[UnreadableImage, ...]]:
    """Return the images, newest first, and the folders that cannot be read."""
    found, unreadable = [], []
    for folder in _folders(images):
        try:
            found.append(read_image(folder))
        except FleetError as error:
            unreadable.append(UnreadableImage(folder=folder, why=error.message))
    found.sort(key=_age, reverse=True)
    return tuple(found), tuple(unreadable)


def find_image(images: Path, name: str) -> StoredImage:
    """Return the newest image of a name, or the very one whose folder is named or given.

    Raises NotFound with the nearest names.
    """
    if "/" in name:
        return read_image(Path(name))
    if is_image_folder(name) and (images / name).is_dir():
        return read_image(images / name)
    found, _unreadable = list_images(images)
    for image in found:
        if image.manifest.name == name:
            return image
    raise _no_such_image(name, {image.manifest.name for image in found})


def previous_image(images: Path, image: StoredImage) -> StoredImage:
    """Return the image of the same name built just before. Raises NotFound when there is none."""
    found, _unreadable = list_images(images)
    for other in found:
        if other.manifest.name == image.manifest.name and _age(other) < _age(image):
            return other
    raise NotFound(
        _("There is no older image of « {name} » to compare with.").format(
            name=image.manifest.name
        ),
        hint=_("Name both images: parclibre image diff IMAGE IMAGE"),
    )


def folder_to_remove(images: Path, name: str) -> Path:
    """Return the one folder of that name, readable or not.

    Raises UsageError when several images have the name, NotFound when none has.
    """
    if is_image_folder(name) and (images / name).is_dir():
        return images / name
    found, _unreadable = list_images(images)
    same = [image.folder for image in found if image.manifest.name == name]
    if len(same) > 1:
        raise UsageError(
            _("Several images are named « {name} ».").format(name=name),
            hint=_("Give a folder: {names}").format(names=", ".join(one.name for one in same)),
        )
    if not same:
        raise _no_such_image(name, {image.manifest.name for image in found})
    return same[0]


def plan_removal(folder: Path) -> RemovalPlan:
    """Return what removing an image removes."""
    files = (path for path in folder.rglob("*") if not path.is_dir())
    return RemovalPlan(folder=folder, size_bytes=sum(path.lstat().st_size for path in files))


def remove_image(plan: RemovalPlan) -> None:
    """Remove an image. Stopped in the middle, it is no longer listed and its rest is hidden."""
    bin_ = Path(tempfile.mkdtemp(prefix=".removed-", dir=plan.folder.parent))
    plan.folder.rename(bin_ / plan.folder.name)
    sync_folder(plan.folder.parent)
    shutil.rmtree(bin_)


def _folders(images: Path) -> Iterator[Path]:
    if not images.is_dir():
        return
    for folder in sorted(images.iterdir()):
        if not folder.name.startswith(_HIDDEN) and is_image_folder(folder.name):
            yield folder


def _age(image: StoredImage) -> tuple[str, str]:
    return (image.manifest.built_at, image.folder.name)


def _no_such_image(name: str, known: set[str]) -> NotFound:
    near = get_close_matches(name, known, n=1)
    hint = _("Did you mean « {name} »?").format(name=near[0]) if near else ""
    return NotFound(
        _("There is no image « {name} » on this computer.").format(name=name),
        hint=hint or _("See the images of this computer: parclibre image list"),
    )
