#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the print queues declared for this machine, and checks each one before opening it.

Runs on the machine, not while its image is made: a queue needs a running cupsd and a printer that
answers. CUPS calls a queue made for a silent printer a success ("Local Raw Printer"), so nothing
is believed here that was not looked at. Python 3.10, standard library only.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import shlex
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import NamedTuple, TypeVar
from urllib.parse import quote

from printer_declarations import (
    SENTENCES,
    Json,
    Outcome,
    Printer,
    Refused,
    Silent,
    ask_ipp,
    offers_pin,
    probe,
    problems_of,
    read_codes,
    read_printers,
    read_room,
    run,
)

DONE, FAILED, RETRY_LATER = 0, 1, 75  # 75: EX_TEMPFAIL of sysexits(3)
STATUS_FORMAT = "parclibre-printers-status"
MARK = "parclibre-mark"
UNFINISHED = "unfinished"
RAW_MODEL = "Local Raw Printer"
SERVER_FIXED = ("printer-is-shared=false", "printer-error-policy=retry-current-job")
PPD_WAIT_S = 30.0
PPD_PAUSE_S = 0.25
DEVICE = re.compile(r"device for (\S+): (\S+)")
DEFAULT = re.compile(r"system default destination: (\S+)")
PPD_DEFAULT = re.compile(r"\*Default(\w+):\s*([^\s/]+)")
PPD_CHOICE = re.compile(r"\*(\w+) ([^\s/:]+)[/:]")


Value = TypeVar("Value")


class Queue(NamedTuple):
    """A queue as CUPS has it."""

    uri: str
    info: str
    place: str
    model: str
    shared: bool
    mark: str


@dataclass(frozen=True)
class Places:
    """The files that this program reads and writes."""

    declared: Path
    room: Path
    codes: Path
    status: Path
    ppd_folder: Path
    own_ppds: Path
    probe: Path


# CUPS


def read_queues() -> dict[str, str]:
    """Return the address of each queue by its name."""
    return dict(DEVICE.findall(run(["lpstat", "-v"]).stdout))


def read_queue(name: str, uri: str) -> Queue:
    """Return a queue as CUPS describes it."""
    words = shlex.split(run(["lpoptions", "-p", name]).stdout)
    told = dict(word.split("=", 1) for word in words if "=" in word)
    return Queue(
        uri=uri,
        info=told.get("printer-info", ""),
        place=told.get("printer-location", ""),
        model=told.get("printer-make-and-model", ""),
        shared=told.get("printer-is-shared") == "true",
        mark=told.get(MARK, ""),
    )


def read_default() -> str:
    """Return the default queue's name; empty when there is none."""
    found = DEFAULT.search(run(["lpstat", "-d"]).stdout)
    return found[1] if found else ""


def read_ppd(path: Path) -> tuple[dict[str, str], set[str]]:
    """Return the defaults of a PPD, and its ``Option=Choice``. Raises Refused without one."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError as error:
        raise Refused("no_ppd") from error
    choices = {f"{option}={choice}" for option, choice in PPD_CHOICE.findall(text)}
    return dict(PPD_DEFAULT.findall(text)), choices


def digest_of(printer: Printer) -> str:
    """Return the mark of a queue: it changes when the declaration does."""
    parts = (printer.uri, printer.mode, printer.ppd, printer.model, printer.sha256)
    return hashlib.sha256("\n".join(parts).encode("utf-8")).hexdigest()[:16]


def lpadmin(name: str, *words: str) -> None:
    """Change a queue. Raises Refused when CUPS does not want to."""
    if run(["lpadmin", "-p", name, *words]).status:
        raise Refused("cups_refused")


def wait_for(look: Callable[[], Value | None], wait_s: float = PPD_WAIT_S) -> Value | None:
    """Return what ``look`` finds, as soon as it finds it; cupsd writes PPDs in the background."""
    deadline = time.monotonic() + wait_s
    while (found := look()) is None and time.monotonic() < deadline:
        time.sleep(PPD_PAUSE_S)
    return found


# One queue


@dataclass(frozen=True)
class Shop:
    """What making a queue needs to know of this machine."""

    places: Places
    room: str
    codes: Mapping[str, str]
    ppd_wait_s: float = PPD_WAIT_S

    def ppd(self, name: str) -> Path:
        """Return where cupsd keeps a queue's PPD."""
        return self.places.ppd_folder / f"{name}.ppd"


def settle(printer: Printer, queue: Queue | None, shop: Shop) -> Outcome:
    """Bring one queue to what is declared, and say what became of it."""
    if queue is not None and not queue.mark:
        return Outcome(printer.name, "refused", "foreign_queue")
    if queue is not None and is_sound(printer, queue, shop):
        return keep(printer, queue, shop)
    try:
        found = probe(printer, shop.places.probe)
        make(printer, queue, shop)
        warnings = finish(printer, shop, found)
    except Refused as refusal:
        left_over = run(["lpadmin", "-x", printer.name]).status == 0
        state = "waiting" if isinstance(refusal, Silent) else "refused"
        return Outcome(printer.name, state, refusal.code, changed=left_over and queue is not None)
    return Outcome(printer.name, "ready", warnings=warnings, changed=True)


def is_sound(printer: Printer, queue: Queue, shop: Shop) -> bool:
    """Say whether a queue is whole, and made from this very declaration."""
    same = queue.mark == digest_of(printer) and queue.uri == printer.uri
    return same and queue.model != RAW_MODEL and shop.ppd(printer.name).exists()


def keep(printer: Printer, queue: Queue, shop: Shop) -> Outcome:
    """Put back what somebody changed on a sound queue; the printer is not asked."""
    words = described(printer)
    same = (queue.info, queue.place, queue.shared) == (title(printer), printer.place, False)
    try:
        if not same:
            lpadmin(printer.name, *words)
        changed = set_defaults(printer, shop) or not same
        warnings = option_warnings(printer, shop)
    except Refused as refusal:
        return Outcome(printer.name, "refused", refusal.code)
    return Outcome(printer.name, "ready", warnings=warnings, changed=changed)


def title(printer: Printer) -> str:
    """Return the name that people choose in the print dialogue."""
    name = printer.name.replace("_", " ")
    return f"{name} ({printer.place})" if printer.place else name


def described(printer: Printer) -> tuple[str, ...]:
    """Return lpadmin's words for what people read, and for what never varies."""
    fixed = [word for option in SERVER_FIXED for word in ("-o", option)]
    return ("-D", title(printer), "-L", printer.place, *fixed)


def make(printer: Printer, queue: Queue | None, shop: Shop) -> None:
    """Create a closed queue: nobody prints on it until it was checked.

    An unsound one is removed first, since its PPD would look like the new one. The mark says at
    once that the queue is ours: after a power cut the next run makes it again.
    """
    if queue is not None:
        run(["lpadmin", "-x", printer.name])
    driver = driver_words(printer, shop.places.own_ppds)
    mark = ("-o", f"{MARK}-default={UNFINISHED}")
    lpadmin(printer.name, "-v", printer.uri, *described(printer), *mark, *driver)


def driver_words(printer: Printer, own_ppds: Path) -> tuple[str, str]:
    """Return lpadmin's words for the driver. Raises Refused for a PPD that is not as declared."""
    if printer.mode != "ppd":
        return "-m", "everywhere"
    if not printer.ppd:
        return "-m", printer.model
    path = own_ppds / f"{printer.name}.ppd"
    if not path.is_file():
        raise Refused("ppd_missing")
    if hashlib.sha256(path.read_bytes()).hexdigest() != printer.sha256:
        raise Refused("ppd_altered")
    return "-P", str(path)


def finish(printer: Printer, shop: Shop, found: Json) -> tuple[str, ...]:
    """Check a new queue, set its defaults in a second call, then open it."""
    check_made(printer, shop)
    set_defaults(printer, shop)
    warnings = (*option_warnings(printer, shop), *pin_warnings(printer, shop, found))
    lpadmin(printer.name, "-o", f"{MARK}-default={digest_of(printer)}")
    lpadmin(printer.name, "-E")
    return warnings


def check_made(printer: Printer, shop: Shop) -> None:
    """Raise Refused unless CUPS made a real queue, with a PPD."""

    def real_model() -> str | None:
        model = read_queue(printer.name, printer.uri).model
        return model if model and model != RAW_MODEL else None

    if wait_for(real_model, shop.ppd_wait_s) is None:
        raise Refused("raw_queue")
    if wait_for(lambda: shop.ppd(printer.name).exists() or None, shop.ppd_wait_s) is None:
        raise Refused("no_ppd")


def set_defaults(printer: Printer, shop: Shop) -> bool:
    """Set the defaults that differ; say whether any did.

    In a call of its own, once the PPD is there: in the creating call CUPS forgets them.
    """
    defaults, choices = read_ppd(shop.ppd(printer.name))
    known = {choice.split("=")[0] for choice in choices}
    wanted = [o for o in printer.options if o in choices]
    wanted += [o for o in code_options(printer, shop) if o.split("=")[0] in known]
    missing = [option for option in wanted if defaults.get(option.split("=")[0]) != _choice(option)]
    if missing:
        lpadmin(printer.name, *(word for option in missing for word in ("-o", option)))
    return bool(missing)


def option_warnings(printer: Printer, shop: Shop) -> tuple[str, ...]:
    """Return a code for each declared option that the queue has not."""
    defaults, choices = read_ppd(shop.ppd(printer.name))
    warnings = []
    for option in printer.options:
        key = option.split("=")[0]
        if option not in choices:
            warnings.append(f"option_unknown:{key}")
        elif defaults.get(key) != _choice(option):
            warnings.append(f"option_lost:{key}")
    if printer.accounting == "code" and printer.name not in shop.codes:
        warnings.append("code_missing")
    return tuple(warnings)


def pin_warnings(printer: Printer, shop: Shop, found: Json) -> tuple[str, ...]:
    """Return a code when what people type with their job would not reach the printer's panel.

    CUPS drops it in silence while the queue itself does not say that it takes one: it learns so
    from its PPD, which it reads in the background, and for some drivers it never does.
    """
    if printer.accounting != "pin":
        return ()
    if not offers_pin(found):
        return ("pin_not_offered",)
    taken = wait_for(lambda: queue_offers_pin(printer.name, shop) or None, shop.ppd_wait_s)
    return () if taken else ("pin_dropped",)


def queue_offers_pin(name: str, shop: Shop) -> bool:
    """Say whether CUPS takes a code for this queue."""
    try:
        return offers_pin(ask_ipp(queue_uri(name), shop.places.probe))
    except Silent:
        return False


def queue_uri(name: str) -> str:
    """Return where CUPS answers for a queue: the server of lpadmin, most often a socket."""
    server = run(["lpstat", "-H"]).stdout.strip()
    return f"ipp://{quote(server, safe=':')}/printers/{name}"


def code_options(printer: Printer, shop: Shop) -> tuple[str, ...]:
    """Return the maker's option that carries the department code, where the town gave one."""
    code = shop.codes.get(printer.name, "")
    if printer.accounting != "code" or not (code and printer.code_option):
        return ()
    return (printer.code_option.replace("{code}", code),)


def _choice(option: str) -> str:
    return option.split("=", 1)[1]


# Every queue


def settle_all(shop: Shop) -> list[Outcome]:
    """Bring every queue of this machine to what is declared."""
    read = list(read_printers(shop.places.declared))
    wanted = [entry for entry in read if isinstance(entry, Printer) and entry.serves(shop.room)]
    outcomes = [entry for entry in read if isinstance(entry, Outcome)]
    queues = {name: read_queue(name, uri) for name, uri in read_queues().items()}
    outcomes += remove_others({printer.name for printer in wanted}, queues)
    for printer in wanted:
        outcomes.append(settle(printer, queues.get(printer.name), shop))
    ready = {outcome.name for outcome in outcomes if outcome.state == "ready"}
    set_default([p for p in wanted if p.name in ready], shop.room)
    return outcomes


def remove_others(wanted: set[str], queues: Mapping[str, Queue]) -> list[Outcome]:
    """Remove the queues that bear our mark and are no longer declared for this room."""
    ours = [name for name, queue in queues.items() if queue.mark and name not in wanted]
    return [
        Outcome(name, "removed", changed=True)
        for name in ours
        if run(["lpadmin", "-x", name]).status == 0
    ]


def set_default(ready: Sequence[Printer], room: str) -> None:
    """Choose the room's default printer; without one, what people chose stays."""
    chosen = next((p.name for p in ready if room in p.default_for), None) or next(
        (p.name for p in ready if p.is_default_for(room)), None
    )
    if chosen and chosen != read_default():
        run(["lpadmin", "-d", chosen])


# What is said


def exit_status(outcomes: Sequence[Outcome]) -> int:
    """Return 1 when a declared printer is refused or warned about, 75 when one is silent."""
    if any(outcome.state == "refused" or outcome.warnings for outcome in outcomes):
        return FAILED
    return RETRY_LATER if any(o.state == "waiting" for o in outcomes) else DONE


def write_status(path: Path, outcomes: Sequence[Outcome], room: str, now: int) -> None:
    """Write what became of each printer, whole or not at all, for the check-in and for people."""
    document = {
        "format": STATUS_FORMAT,
        "version": 1,
        "made_at": now,
        "room": room,
        "default": read_default(),
        "printers": [asdict(outcome) for outcome in outcomes],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".new")
    temporary.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", "utf-8")
    temporary.replace(path)


def tell(outcomes: Sequence[Outcome]) -> None:
    """Say in the journal, in French, what became of each printer."""
    for outcome in outcomes:
        sentence = SENTENCES[outcome.reason]
        if outcome.state == "removed":
            sentence = "la file n’est plus déclarée : elle est retirée"
        end = f" ; à voir : {', '.join(outcome.warnings)}" if outcome.warnings else ""
        sys.stderr.write(f"{outcome.name} : {sentence}{end}.\n")


def main(argv: Sequence[str] | None = None) -> int:
    """Settle the queues, write the status file, and return an exit status."""
    places, wait_s, checking = _arguments(argv)
    try:
        if checking:
            return check(places.declared)
        shop = Shop(places, read_room(places.room), read_codes(places.codes), wait_s)
        outcomes = settle_all(shop)
    except (OSError, ValueError, KeyError, AttributeError) as error:
        sys.stderr.write(f"Les imprimantes déclarées ne se lisent pas : {error}.\n")
        return FAILED
    shown = [replace(outcome, warnings=tuple(outcome.warnings)) for outcome in outcomes]
    write_status(places.status, shown, shop.room, int(time.time()))
    tell(shown)
    return exit_status(shown)


def check(declared: Path) -> int:
    """Say what is wrong in the declaration; no printer is asked and no queue made."""
    problems = problems_of(declared)
    sys.stderr.writelines(f"{problem}\n" for problem in problems)
    return FAILED if problems else DONE


def _arguments(argv: Sequence[str] | None) -> tuple[Places, float, bool]:
    parser = argparse.ArgumentParser(prog="printer-queues", description="Files d’impression.")
    parser.add_argument("--declared", type=Path, default="/etc/parclibre/printers.json")
    parser.add_argument("--room", type=Path, default="/etc/parclibre/room")
    parser.add_argument("--codes", type=Path, default="/etc/parclibre/printer-codes.json")
    parser.add_argument("--status", type=Path, default="/var/lib/parclibre/printers.json")
    parser.add_argument("--ppd-folder", type=Path, default="/etc/cups/ppd")
    parser.add_argument("--own-ppds", type=Path, default="/usr/share/parclibre/ppd")
    parser.add_argument("--probe", type=Path, default="/usr/lib/parclibre/printer-probe.test")
    parser.add_argument("--ppd-wait", type=float, default=PPD_WAIT_S, metavar="SECONDS")
    parser.add_argument("--check", action="store_true", help="relit seulement la déclaration")
    chosen = vars(parser.parse_args(argv))
    wait_s = float(chosen.pop("ppd_wait"))
    checking = bool(chosen.pop("check"))
    return Places(**chosen), wait_s, checking


if __name__ == "__main__":
    sys.exit(main())
