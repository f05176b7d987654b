# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Images in words: what one holds, what its boot test proved, what changed between two."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from fleet.i18n import _, moment_name, ngettext
from fleet.model.image import BuildStep, Manifest, StoredImage
from fleet.model.proof import CheckOutcome, Emulator, Firmware, Proof
from fleet.output.amounts import decimal, disk_size
from fleet.output.proof_words import check_words, failure_words, retry_words
from fleet.output.words import labelled, listed

_SLOWEST_SHOWN = 5
_SHOWN_DIGITS = 12
_LINES_SHOWN = 20


def image_lines(image: StoredImage) -> Iterator[str]:
    """Yield what an image is."""
    manifest = image.manifest
    yield f"{manifest.title} ({manifest.name})"
    pairs = (
        (_("Folder"), image.folder),
        (_("Recipe"), _recipe(manifest)),
        (_("Base"), _base(manifest)),
        (_("Desktop"), manifest.desktop),
        (_("Kernel"), manifest.kernel),
        (_("Packages"), len(manifest.packages)),
        (_("Size"), _sizes(manifest)),
        (_("Smallest disk"), disk_size(manifest.minimum_disk_bytes)),
        (_("Built"), _built(manifest)),
        (_("Roles"), _roles(manifest)),
        (_("Build time"), _duration(sum(step.milliseconds for step in manifest.steps))),
    )
    for label, value in pairs:
        yield f"  {labelled(label, value)}"
    yield from _slowest(manifest.steps)


def proof_lines(proof: Proof, screenshot: Path | None) -> Iterator[str]:
    """Yield what a boot test proved, check by check."""
    yield labelled(firmware_name(proof.firmware), _verdict(proof))
    if proof.failure:
        yield f"  {failure_words(proof)}"
    tested = listed((moment_name(proof.date), _emulator(proof.emulator)))
    yield "  " + labelled(_("Tested"), tested)
    if proof.times.login is not None:
        login = _("{n} s after power-on").format(n=proof.times.login)
        yield "  " + labelled(_("Login screen"), login)
    for retry in proof.retries:
        yield "  " + _("Start {n} was given up: {reason}").format(
            n=retry.attempt, reason=retry_words(retry)
        )
    yield from (f"  {_check(check)}" for check in proof.checks)
    if screenshot is not None:
        yield f"  {labelled(_('Screen'), screenshot)}"


def untested_line(firmware: Firmware) -> str:
    """Return what is said of a firmware under which the image was not tested."""
    return labelled(firmware_name(firmware), _("not tested"))


def firmware_name(firmware: Firmware) -> str:
    """Return a firmware's name."""
    return {Firmware.UEFI: "UEFI", Firmware.BIOS: "BIOS"}[firmware]


def result_names() -> Mapping[str, str]:
    """Return what each result of a check is called."""
    return {"pass": _("passed"), "fail": _("failed"), "not_applicable": _("not applicable")}


def change_line(name: str, before: str | None, after: str | None) -> str:
    """Return one change: added, removed, or from a value to another."""
    if before is None:
        return f"+ {name} {after}".rstrip()
    if after is None:
        return f"- {name} {before}".rstrip()
    return f"~ {name} {before} -> {after}"


def section(title: str, lines: Sequence[str], *, whole: bool) -> Iterator[str]:
    """Yield a title with its count, then its lines, cut unless asked for whole."""
    if not lines:
        return
    yield labelled(title, len(lines))
    shown = lines if whole else lines[:_LINES_SHOWN]
    yield from (f"  {line}" for line in shown)
    if left := len(lines) - len(shown):
        text = ngettext("  … and {n} more: --all", "  … and {n} more: --all", left)
        yield text.format(n=left)


def size(bytes_: int) -> str:
    """Return a size in decimal units, megabytes below one gigabyte."""
    if bytes_ >= 10**9:
        return disk_size(bytes_)
    return _("{n} MB").format(n=decimal(bytes_ / 1e6, places=0 if bytes_ >= 10**7 else 1))


def _recipe(manifest: Manifest) -> str:
    return f"{manifest.name} {manifest.recipe_sha256[:_SHOWN_DIGITS]}"


def _base(manifest: Manifest) -> str:
    base = manifest.base
    codename = "" if base.codename == base.suite else f" ({base.codename})"
    iso = f", ISO {base.iso_sha256[:_SHOWN_DIGITS]}" if base.iso_sha256 else ""
    return f"{base.system} {base.suite}{codename}{iso}"


def _sizes(manifest: Manifest) -> str:
    files = ngettext("{n} file", "{n} files", manifest.sizes.files).format(n=manifest.sizes.files)
    return _("{packed} packed, {unpacked} on the disk, {files}").format(
        packed=size(manifest.compressed_bytes),
        unpacked=size(manifest.sizes.uncompressed_bytes),
        files=files,
    )


def _built(manifest: Manifest) -> str:
    origin = manifest.provenance
    return _("{moment} (UTC), by ParcLibre {version} on {suite}").format(
        moment=moment_name(manifest.built_at), version=origin.tool_version, suite=origin.host_suite
    )


def _roles(manifest: Manifest) -> str:
    commit = (manifest.provenance.commit or _("unknown"))[:_SHOWN_DIGITS]
    if manifest.provenance.dirty:
        return _("{commit}, with changes that were not committed").format(commit=commit)
    return commit


def _slowest(steps: tuple[BuildStep, ...]) -> Iterator[str]:
    slowest = sorted(steps, key=lambda step: step.milliseconds, reverse=True)[:_SLOWEST_SHOWN]
    for step in slowest:
        time = _duration(step.milliseconds)
        again = listed((time, _("kept from before"))) if step.reused else time
        yield f"    {labelled(step.name, again)}"


def _duration(milliseconds: int) -> str:
    seconds = milliseconds / 1000
    if seconds < 60:
        return _("{n} s").format(n=decimal(seconds, places=1))
    return _("{n} min {s} s").format(n=int(seconds // 60), s=int(seconds % 60))


def _verdict(proof: Proof) -> str:
    if proof.passed:
        return _("passed")
    failed = len(proof.failed_checks)
    if not failed:
        return _("failed")
    text = ngettext("failed, {n} check", "failed, {n} checks", failed)
    return text.format(n=failed)


def _emulator(emulator: Emulator) -> str:
    secure = _("Secure Boot on") if emulator.secure_boot else _("Secure Boot off")
    name = f"{emulator.name} {emulator.version} {emulator.acceleration}"
    return listed((name, f"{emulator.memory_mib} MiB", secure))


def _check(check: CheckOutcome) -> str:
    result = result_names().get(check.result, check.result)
    said = f" ({check.evidence})" if check.evidence else ""
    return labelled(f"[{result}] {check.id}", f"{check_words(check)}{said}")
