# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Records a wipe's result with its papers, in one act: certificate, or report of a failure.

Order matters when the power goes: papers are kept first, the event that makes a disk wiped comes
last. What is left without it is only a file that nothing names.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fleet.errors import FleetError, UsageError
from fleet.i18n import _
from fleet.model import kinds as k
from fleet.model.certificate import (
    Circumstances,
    MachineIdentity,
    certify,
    new_number,
    report_failure,
)
from fleet.model.fold import effective
from fleet.model.text import clean
from fleet.model.wipe import FailedWipe, RawLog, VerifiedWipe, WipeRecord
from fleet.output.certificate_pdf import PrintedPaper, html
from fleet.services import records
from fleet.services.certificate_proof import (
    ProvenPaper,
    prove,
    seal_certificate,
    seal_failure,
)
from fleet.services.documents import Render, in_child, own_templates
from fleet.services.town import Act, Town
from fleet.store import queries
from fleet.store.files import finish, new_file, sync_folder
from fleet.store.queries import Connection

_TOKEN_BYTES = 5
LOGS_SUFFIX = "_journaux"
_UNSAFE = re.compile(r"[^A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """What was written. ``digest`` is the JSON's; paths are None without a folder.

    ``pdf`` is None too when the PDF could not be made: then ``pdf_problem`` says why, and
    ``parclibre certificate print`` makes it later from the JSON.
    """

    number: str
    digest: str
    json: Path | None
    pdf: Path | None
    pdf_problem: str = ""


def issue(
    town: Town,
    verified: VerifiedWipe,
    *,
    folder: Path | None = None,
    destination: str = "",
    render: Render = in_child,
) -> Issued:
    """Record a verified wipe and issue its certificate; files go to ``folder`` too, when given.

    Raises TypeError for anything but a VerifiedWipe, UsageError when nobody is acting.
    """
    around = _circumstances(town, verified.record, destination)
    data = seal_certificate(town.key, certify(verified, around))
    kept = _keep(town, data, verified.record, render)
    wiped = _wiped(verified.record, kept, succeeded=True)
    with town.act() as act:
        disk = verified.record.plan.disk
        act.add(disk, wiped)
        act.done()
        certificate = k.CertificateIssued(
            number=around.number,
            machine=around.machine.id,
            wipe=_last_event(act, disk),
            json_digest=kept.digest,
            pdf_digest=kept.pdf_digest,
        )
        act.add(disk, certificate)
    return _written(folder, around, verified.record, data, kept)


def record_failed(
    town: Town,
    failed: FailedWipe,
    *,
    folder: Path | None = None,
    destination: str = "",
    render: Render = in_child,
) -> Issued:
    """Record a failed wipe and its report, which never looks like a certificate.

    Raises TypeError for anything but a FailedWipe, UsageError when nobody is acting.
    """
    around = _circumstances(town, failed.record, destination, failure=True)
    data = seal_failure(town.key, report_failure(failed, around))
    kept = _keep(town, data, failed.record, render)
    with town.act() as act:
        act.add(failed.record.plan.disk, _wiped(failed.record, kept, succeeded=False))
    return _written(folder, around, failed.record, data, kept)


def printed(proven: ProvenPaper) -> PrintedPaper:
    """Return a proven paper ready to print."""
    return PrintedPaper(
        paper=proven.paper,
        digest=proven.signed_digest,
        fingerprint=proven.fingerprint,
        code=proven.code,
    )


def file_name(tag: str, number: str) -> str:
    """Return the name of a paper's files, without an ending, that every system takes."""
    return f"{safe_name(tag)}_{number}"


def safe_name(text: str) -> str:
    """Return a text as a part of a file's name."""
    return _UNSAFE.sub("_", text)[:60] or "_"


def identity_of(town: Town, tag: str) -> MachineIdentity:
    """Return the machine of a tag as papers name it; a loose disk's label has only itself."""
    with town.journal.read() as connection:
        found = queries.bearers_of_tag(connection, tag)
        view = town.journal.reader(connection).view(found[0]) if len(found) == 1 else None
    if view is None:
        return MachineIdentity(tag=clean(tag) or "", id="", owner="")
    machine = view.machine
    return MachineIdentity(
        tag=machine.tag,
        id=machine.id,
        owner=machine.owner,
        manufacturer=clean(machine.manufacturer),
        model=clean(machine.model),
        serial=clean(machine.serial),
    )


# --- inside -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """Digests of what the attachments hold now."""

    digest: str
    pdf: bytes
    pdf_digest: str
    pdf_problem: str
    logs: tuple[str, ...]


def _circumstances(
    town: Town, record: WipeRecord, destination: str, *, failure: bool = False
) -> Circumstances:
    if town.operator is None:
        raise UsageError(
            _("Nobody is named as the author of this act."),
            hint=_('Say who you are once: parclibre operator "Camille B."'),
        )
    now = town.now()
    return Circumstances(
        number=new_number(now, secrets.token_bytes(_TOKEN_BYTES), failure=failure),
        issued_at=now,
        key=town.key.public_key,
        replica=town.key.replica,
        issuer=_issuer(town),
        machine=identity_of(town, record.plan.machine_tag),
        operator=town.operator,
        policy=records.current_policy(town).name,
        clock=town.clock.value,
        destination=destination,
        doubt=_doubt(town),
    )


def _issuer(town: Town) -> str:
    """Return this installation's name, empty when it has none."""
    names = (one.name for one in records.listing(town, "replica") if one.id == town.key.replica)
    return next(names, "")


def _doubt(town: Town) -> tuple[str, str] | None:
    """Return what a doubted clock said and what the person said, as this replica last wrote."""
    with town.journal.read() as connection:
        events = effective(queries.timeline(connection, [town.key.replica]))
    bodies = (k.body_of(event) for event in reversed(events))
    for body in bodies:
        if isinstance(body, k.ClockDoubted):
            return body.machine_said, body.person_said
    return None


def _keep(town: Town, data: bytes, record: WipeRecord, render: Render) -> _Kept:
    logs = tuple(_keep_log(town, log) for log in record.logs)
    digest = town.attachments.put(data)
    pdf, problem = _pdf(town, data, render)
    return _Kept(
        digest=digest,
        pdf=pdf,
        pdf_digest=town.attachments.put(pdf) if pdf else "",
        pdf_problem=problem,
        logs=logs,
    )


def _keep_log(town: Town, log: RawLog) -> str:
    digest = town.attachments.put(log.text.encode("utf-8"))
    if digest != log.digest:
        raise ValueError(f"the digest of the raw log {log.name} is not that of its text")
    return digest


def _pdf(town: Town, data: bytes, render: Render) -> tuple[bytes, str]:
    """Return the paper without any name: names are printed at the desk, never kept."""
    paper = printed(prove(data, (town.key.public_key,)))
    try:
        return render(html((paper,), own=own_templates(town.home))), ""
    except FleetError as error:
        # A disk that was wiped is recorded so, paper or not: it is printed later.
        return b"", error.message


def _wiped(record: WipeRecord, kept: _Kept, *, succeeded: bool) -> k.DiskWiped:
    back = record.readback
    return k.DiskWiped(
        level="purge" if record.level == "purge" else "clear",
        method=record.technique.value,
        readback=back.kind.value if back else "none",
        succeeded=succeeded,
        coverage_permille=back.coverage_permille if back else 0,
        report=kept.digest,
        tool=clean(record.tool),
        logs=kept.logs,
    )


def _last_event(act: Act, subject: str) -> str:
    connection: Connection = act.writer.connection
    return queries.timeline(connection, [subject])[-1].header.id


def _written(
    folder: Path | None, around: Circumstances, record: WipeRecord, data: bytes, kept: _Kept
) -> Issued:
    paths: dict[str, Path | None] = {"json": None, "pdf": None}
    if folder is not None:
        name = file_name(around.machine.tag, around.number)
        paths["json"] = put_file(folder, f"{name}.json", data)
        paths["pdf"] = put_file(folder, f"{name}.pdf", kept.pdf) if kept.pdf else None
        write_logs(
            folder / f"{name}{LOGS_SUFFIX}",
            [(log.name, log.text.encode("utf-8")) for log in record.logs],
        )
    return Issued(number=around.number, digest=kept.digest, **paths, pdf_problem=kept.pdf_problem)


def write_logs(folder: Path, logs: Sequence[tuple[str, bytes]]) -> None:
    """Write raw logs (name, content) as text files, in order; nothing when there is none."""
    for place, (name, content) in enumerate(logs, start=1):
        put_file(folder, f"{place:02d}-{safe_name(name)[:40]}.txt", content)


def put_file(folder: Path, name: str, data: bytes) -> Path:
    """Write a file durably, whole or not at all; the folder may be on a FAT stick."""
    folder.mkdir(parents=True, exist_ok=True)
    with new_file(folder) as (file, temporary):
        file.write(data)
        finish(file)
        temporary.replace(folder / name)
    sync_folder(folder)
    return folder / name
