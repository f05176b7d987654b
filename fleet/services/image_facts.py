# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a build reads in the finished root filesystem, and what the manifest says of it."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from fleet.adapters import process
from fleet.errors import FleetError
from fleet.i18n import _
from fleet.model.image import BuildStep, ImageBase, ImageFacts, ImageSizes, Provenance
from fleet.model.recipe import recipe_document
from fleet.readers.dpkg_status import Copyright, InstalledPackage
from fleet.services.image_plan import BuildPlan
from fleet.services.images_packages import copyrights_of, packages_of

_GIT_S = 20
# Boot partitions, the journal of ext4 and 5 % kept by root, and room to work.
_DISK_FACTOR, _DISK_EXTRA_BYTES = 1.15, 2 * 1024**3


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """A root filesystem, as it was packed."""

    sizes: ImageSizes
    packages: tuple[InstalledPackage, ...]
    copyrights: Mapping[str, Copyright]
    kernel: str


def read_contents(root: Path, sizes: ImageSizes) -> Contents:
    """Return what a root filesystem holds. Raises FleetError when no kernel is installed."""
    packages = packages_of(root)
    return Contents(
        sizes=sizes,
        packages=packages,
        copyrights=copyrights_of(root, packages),
        kernel=_kernel(root),
    )


def copy_boot_files(root: Path, contents: Contents, kernel: Path, initrd: Path) -> None:
    """Copy the kernel and its first stage beside the image, for network boots."""
    shutil.copyfile(root / f"boot/vmlinuz-{contents.kernel}", kernel)
    shutil.copyfile(root / f"boot/initrd.img-{contents.kernel}", initrd)


def facts_of(
    plan: BuildPlan, contents: Contents, steps: Sequence[BuildStep], built_at: str
) -> ImageFacts:
    """Return what the manifest says."""
    recipe, base = plan.recipe, plan.base
    content = contents.sizes.uncompressed_bytes
    return ImageFacts(
        name=recipe.name,
        title=recipe.title,
        built_at=built_at,
        epoch=base.epoch,
        recipe=recipe_document(recipe),
        base=ImageBase(
            system=base.system.value,
            suite=base.suite,
            codename=base.codename,
            iso_sha256=base.iso_sha256,
        ),
        provenance=_provenance(plan.place.assets),
        desktop=recipe.desktop,
        kernel=contents.kernel,
        packages=tuple(one.package for one in contents.packages),
        sizes=contents.sizes,
        minimum_disk_bytes=int(content * _DISK_FACTOR) + _DISK_EXTRA_BYTES,
        steps=tuple(steps),
    )


def _kernel(root: Path) -> str:
    """Return the newest kernel that has its first stage, by its package's version order."""
    found = [
        path.name.removeprefix("vmlinuz-")
        for path in (root / "boot").glob("vmlinuz-*")
        if (root / "boot" / f"initrd.img-{path.name.removeprefix('vmlinuz-')}").is_file()
    ]
    if not found:
        raise FleetError(
            _("The image has no kernel with its initrd in /boot."),
            hint=_("The recipe must play the role boot_loader."),
        )
    return max(found, key=_version_key)


def _version_key(name: str) -> tuple[tuple[int, str], ...]:
    words = name.replace("+", ".").replace("-", ".").split(".")
    return tuple((int(word), "") if word.isdigit() else (-1, word) for word in words)


def _provenance(assets: Path) -> Provenance:
    commit = _git(assets, "rev-parse", "HEAD")
    changed = _git(assets, "status", "--porcelain", "--", "roles", "playbooks", "inventory")
    return Provenance(
        commit=commit or None,
        dirty=bool(changed),
        host_suite=_host_suite(),
        tool_version=version("parclibre"),
    )


def _git(folder: Path, *words: str) -> str:
    if not (folder / ".git").exists() or process.find("git") is None:
        return ""
    done = process.run(
        ["git", "-c", f"safe.directory={folder}", "-C", str(folder), *words],
        timeout_s=_GIT_S, check=False,
    )  # fmt: skip
    return done.stdout.strip() if done.status == 0 else ""


def _host_suite() -> str:
    lines = Path("/etc/os-release").read_text("utf-8").splitlines()
    pairs = dict(line.partition("=")[::2] for line in lines)
    return pairs.get("VERSION_CODENAME", "").strip('"')
