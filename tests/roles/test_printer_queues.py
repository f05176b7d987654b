# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""printer-queues against a real cupsd and real virtual IPP printers."""

from __future__ import annotations

import hashlib
import importlib
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fpdf import FPDF

from tests.roles.harness import Chroot, RoleFailed
from tests.roles.print_lab import (
    A4_PRINTER,
    HOST_NAME,
    ROLE,
    PrintLab,
    missing_programs,
    print_lab,
    text_of,
)

pytestmark = [pytest.mark.root, pytest.mark.timeout(240)]
PORT = 8501
URI = f"ipp://{HOST_NAME}:{PORT}/ipp/print"
SILENT_PORT = 8502


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrintLab]:
    """One print shop for the whole file; its first printer is on."""
    if missing := missing_programs():
        reason = f"missing programs: {', '.join(missing)}"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with print_lab(tmp_path_factory.mktemp("shop")) as lab:
        lab.switch_on(PORT)
        yield lab


@pytest.fixture
def lab(shop: PrintLab) -> Iterator[PrintLab]:
    """The print shop with no queue, no room and no code."""
    yield shop
    # The virtual printer takes seconds for a page: the next test must not wait for this one's.
    shop.run("cancel", "-a", "-x")
    for line in shop.queues().splitlines():
        shop.run("lpadmin", "-x", line.split()[2].rstrip(":"))
    for name in ("room", "codes.json", "status.json"):
        (shop.folder / name).unlink(missing_ok=True)


def declared(**changes: object) -> dict[str, Any]:
    """A printer as the role declares it."""
    return {
        "name": "classe", "place": "Salle 3", "uri": URI, "mode": "everywhere", "ppd": "",
        "model": "", "sha256": "", "rooms": [], "default_for": [], "accounting": "none",
        "code_option": "",
        "options": {"PageSize": "A4", "Duplex": "DuplexNoTumble", "ColorModel": "Gray"},
        **changes,
    }  # fmt: skip


def write_page(folder: Path, text: str) -> Path:
    document = FPDF(format="A4")
    document.add_page()
    document.set_font("Helvetica", size=24)
    document.cell(text=text)
    document.output(str(folder / "page.pdf"))
    return folder / "page.pdf"


def received(lab: PrintLab, port: int) -> list[Path]:
    return sorted((lab.folder / f"received-{port}").glob("*.pdf"))


def test_a_declared_printer_prints_a_page_whose_text_arrives(lab: PrintLab) -> None:
    page = write_page(lab.folder, "Une page d'été pour la salle 3")
    lab.declare(declared())
    before = len(received(lab, PORT))

    settled = lab.settle()
    printed = lab.run("lp", "-d", "classe", str(page))
    lab.wait_until(lambda: len(received(lab, PORT)) > before, "the printed page", 60)

    assert settled.returncode == 0, settled.stderr
    assert printed.returncode == 0, printed.stderr
    document = received(lab, PORT)[-1]
    lab.wait_until(lambda: lab.run("lpstat", "-o").stdout == "", "the end of the job", 60)
    assert "Une page d'été pour la salle 3" in text_of(document)
    size = subprocess.run(["pdfinfo", document], capture_output=True, text=True, check=True).stdout
    assert "A4" in size


def test_the_declared_options_are_the_queue_s_defaults(lab: PrintLab) -> None:
    lab.declare(declared())

    lab.settle()

    ppd = lab.ppd("classe")
    assert "*DefaultPageSize: A4" in ppd
    assert "*DefaultDuplex: DuplexNoTumble" in ppd
    assert "*DefaultColorModel: Gray" in ppd
    assert lab.status()["classe"]["warnings"] == []


def test_a_queue_is_not_shared_and_is_named_for_its_place(lab: PrintLab) -> None:
    lab.declare(declared())

    lab.settle()

    told = lab.run("lpoptions", "-p", "classe").stdout
    assert "printer-is-shared=false" in told
    assert "printer-info='classe (Salle 3)'" in told


def test_settling_twice_changes_nothing(lab: PrintLab) -> None:
    lab.declare(declared())
    first = lab.settle()
    ppd = lab.ppd("classe")

    again = lab.settle()

    assert (first.returncode, again.returncode) == (0, 0)
    assert lab.status()["classe"] == {
        "name": "classe", "state": "ready", "reason": "", "warnings": [], "changed": False,
    }  # fmt: skip
    assert lab.ppd("classe") == ppd


def test_what_somebody_changed_by_hand_is_put_back(lab: PrintLab) -> None:
    lab.declare(declared())
    lab.settle()
    lab.run("lpadmin", "-p", "classe", "-o", "PageSize=A5", "-o", "printer-is-shared=true")

    lab.settle()

    assert lab.status()["classe"]["changed"] is True
    assert "*DefaultPageSize: A4" in lab.ppd("classe")
    assert "printer-is-shared=false" in lab.run("lpoptions", "-p", "classe").stdout


def test_a_printer_that_is_off_gets_no_queue_until_it_is_back(lab: PrintLab) -> None:
    uri = f"ipp://{HOST_NAME}:{SILENT_PORT}/ipp/print"
    lab.declare(declared(uri=uri))

    off = lab.settle()
    left = lab.queues()
    waiting = lab.status()["classe"]
    lab.switch_on(SILENT_PORT)
    back = lab.settle()
    lab.switch_off(SILENT_PORT)

    assert (off.returncode, waiting["state"], waiting["reason"]) == (75, "waiting", "silent")
    assert "classe" not in left
    assert back.returncode == 0, back.stderr
    assert lab.status()["classe"]["state"] == "ready"


def test_a_queue_stays_when_its_printer_goes_off(lab: PrintLab) -> None:
    uri = f"ipp://{HOST_NAME}:{SILENT_PORT}/ipp/print"
    lab.declare(declared(uri=uri))
    lab.switch_on(SILENT_PORT)
    lab.settle()
    lab.switch_off(SILENT_PORT)

    off = lab.settle()

    assert off.returncode == 0
    assert "device for classe" in lab.queues()


def test_what_a_cut_left_half_made_is_made_again(lab: PrintLab) -> None:
    lab.run("lpadmin", "-p", "classe", "-v", URI, "-o", "parclibre-mark-default=unfinished")
    lab.declare(declared())

    settled = lab.settle()

    assert settled.returncode == 0, settled.stderr
    told = lab.run("lpoptions", "-p", "classe").stdout
    assert "Local Raw Printer" not in told
    assert "parclibre-mark=unfinished" not in told


def test_a_raw_queue_is_refused_and_removed(lab: PrintLab) -> None:
    model = "raw"
    lab.declare(declared(mode="ppd", model=model))

    settled = lab.settle(ppd_wait_s=2)

    assert settled.returncode == 1
    assert lab.status()["classe"]["state"] == "refused"
    assert lab.status()["classe"]["reason"] in ("raw_queue", "no_ppd", "cups_refused")
    assert "classe" not in lab.queues()


def test_a_queue_made_by_hand_is_never_touched(lab: PrintLab) -> None:
    lab.run("lpadmin", "-p", "classe", "-v", "ipp://ailleurs.example/ipp/print")
    lab.run("lpadmin", "-p", "perso", "-v", "ipp://ailleurs.example/ipp/print")
    lab.declare(declared())

    settled = lab.settle()

    assert settled.returncode == 1
    assert lab.status()["classe"]["reason"] == "foreign_queue"
    assert "device for classe: ipp://ailleurs.example/ipp/print" in lab.queues()
    assert "device for perso" in lab.queues()


def test_a_queue_no_longer_declared_is_removed(lab: PrintLab) -> None:
    lab.declare(declared())
    lab.settle()
    lab.declare()

    settled = lab.settle()

    assert settled.returncode == 0
    assert lab.status()["classe"]["state"] == "removed"
    assert "classe" not in lab.queues()


def test_a_room_has_its_own_queues_and_its_default(lab: PrintLab) -> None:
    (lab.folder / "room").write_text("salle-3\n", encoding="utf-8")
    lab.declare(
        declared(name="couloir"),
        declared(name="classe", rooms=["salle-3"], default_for=["salle-3"]),
        declared(name="mairie", rooms=["accueil"], default_for=["accueil"]),
    )

    lab.settle()

    assert set(lab.status()) == {"couloir", "classe"}
    assert "mairie" not in lab.queues()
    assert "destination: classe" in lab.run("lpstat", "-d").stdout


@pytest.mark.timeout(240)
def test_a_code_typed_with_the_job_reaches_the_printer(lab: PrintLab) -> None:
    # A printer that has nothing left of earlier tests to print.
    lab.switch_off(PORT)
    lab.switch_on(PORT)
    page = write_page(lab.folder, "Confidentiel")
    lab.declare(declared(accounting="pin"))

    settled = lab.settle()

    assert settled.returncode == 0, settled.stderr
    log = lab.folder / f"printer-{PORT}.log"
    assert lab.status()["classe"]["warnings"] == []
    sent = lab.run("lp", "-d", "classe", "-o", "job-password=1234", str(page))
    assert sent.returncode == 0, sent.stderr
    told = "job-password (octetString) 1234"
    lab.wait_until(lambda: told in log.read_text("utf-8", "replace"), told, 60)


def test_a_driver_that_drops_the_code_is_said(lab: PrintLab) -> None:
    made = lab.folder / "own" / "classe.ppd"
    lab.declare(declared())
    lab.settle()
    made.write_text(without(lab.ppd("classe"), "cupsJobPassword"), encoding="utf-8")
    digest = hashlib.sha256(made.read_bytes()).hexdigest()
    lab.declare(declared(mode="ppd", ppd="classe.ppd", sha256=digest, accounting="pin"))

    settled = lab.settle(ppd_wait_s=2)

    told = lab.status()["classe"]
    assert settled.returncode == 1
    assert (told["state"], told["warnings"]) == ("ready", ["pin_dropped"])


def without(conf: str, word: str) -> str:
    return "".join(line for line in conf.splitlines(keepends=True) if word not in line)


@pytest.mark.parametrize(
    ("change", "accounting", "expected"),
    [
        pytest.param(
            lambda conf: without(conf, "job-password"), "pin",
            ("ready", "", ["pin_not_offered"]), id="no-code-on-the-panel",
        ),
        pytest.param(
            lambda conf: conf.replace("job-password-supported 8", "job-password-supported -1"),
            "none", ("refused", "unsafe_password", []), id="negative-code-length",
        ),
        pytest.param(
            lambda conf: without(conf, "sides-"), "none",
            ("ready", "", ["option_unknown:Duplex"]), id="one-side-only",
        ),
    ],
)  # fmt: skip
def test_a_lacking_printer_is_told_apart(
    lab: PrintLab, tmp_path: Path, change: Any, accounting: str, expected: object
) -> None:
    conf = tmp_path / "printer.conf"
    conf.write_text(change(A4_PRINTER.read_text(encoding="utf-8")), encoding="utf-8")
    lab.switch_on(SILENT_PORT, conf=conf)
    uri = f"ipp://{HOST_NAME}:{SILENT_PORT}/ipp/print"
    lab.declare(declared(uri=uri, accounting=accounting))

    settled = lab.settle()
    lab.switch_off(SILENT_PORT)

    told = lab.status()["classe"]
    assert settled.returncode == 1
    assert (told["state"], told["reason"], told["warnings"]) == expected


def test_a_printer_that_speaks_only_its_own_language_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.syspath_prepend(ROLE)
    declarations = importlib.import_module("printer_declarations")

    with pytest.raises(declarations.Refused) as refused:
        declarations.check_driverless({"document-format-supported": "application/vnd.hp-PCL"})

    assert refused.value.code == "no_standard_format"


def test_the_image_build_names_every_bad_declaration(lab: PrintLab) -> None:
    lab.declare(declared(name="a b"), declared(uri="dnssd://x/"), declared(), declared())

    checked = lab.settle("--check")

    assert checked.returncode == 1
    assert "a b" in checked.stderr
    assert "classe" in checked.stderr
    assert "deux fois" in checked.stderr
    assert lab.queues() == ""


@pytest.mark.parametrize(
    "uri",
    [
        "dnssd://Classe._ipp._tcp.local/",
        "implicitclass://classe/",
        "usb://HP/LaserJet",
        "file:///dev/null",
        "http://imprimante/ipp/print",
        "ipp:///ipp/print",
        "ipp://nom:secret@imprimante/ipp/print",
        "ipp://imprimante:99999/ipp/print",
        "ipp://imprimante/ipp/print?waitjob=false",
        "socket://imprimante:9100",
        "ipp://imprimante/a b",
    ],
)
def test_an_address_that_is_not_trusted_is_refused(lab: PrintLab, uri: str) -> None:
    lab.declare(declared(uri=uri))

    settled = lab.settle()

    assert settled.returncode == 1
    assert lab.status()["classe"]["reason"] == "untrusted_uri"
    assert lab.queues() == ""


def test_an_altered_ppd_is_refused(lab: PrintLab) -> None:
    (lab.folder / "own" / "classe.ppd").write_text("*PPD-Adobe: 4.3\n")
    lab.declare(declared(mode="ppd", ppd="classe.ppd", sha256="0" * 64))

    settled = lab.settle()

    assert settled.returncode == 1
    assert lab.status()["classe"]["reason"] == "ppd_altered"


def test_a_declaration_that_cannot_be_read_is_said(lab: PrintLab) -> None:
    (lab.folder / "printers.json").write_text("{", encoding="utf-8")

    settled = lab.settle()

    assert settled.returncode == 1
    assert "ne se lisent pas" in settled.stderr


ROLE_VARIABLES = {
    "printer_queues_list": [{"name": "classe", "uri": URI, "options": {"PageSize": "A4"}}],
    "printer_queues_room": "salle-3",
}


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_role_declares_and_keeps_cups_to_the_machine(chroot: Chroot) -> None:
    chroot.apply_twice("printer_queues", ROLE_VARIABLES, packages=True)

    declared = json.loads(chroot.read("/etc/parclibre/printers.json"))
    listens = chroot.shell("grep -E '^(Listen|Port|Browsing|WebInterface)' /etc/cups/cupsd.conf")
    links = "/etc/systemd/system"
    assert [printer["name"] for printer in declared["printers"]] == ["classe"]
    assert chroot.read("/etc/parclibre/room") == "salle-3\n"
    assert set(listens.splitlines()) == {
        "Listen localhost:631", "Listen /run/cups/cups.sock", "Browsing No", "WebInterface No",
    }  # fmt: skip
    assert chroot.run("cupsd", "-t").status == 0
    assert chroot.shell(f"readlink {links}/cups-browsed.service") == "/dev/null\n"
    assert chroot.exists(f"{links}/timers.target.wants/parclibre-printers.timer")
    assert (
        chroot.run("systemd-analyze", "verify", f"{links}/parclibre-printers.service").status == 0
    )
    with pytest.raises(RoleFailed, match="dans une image"):
        chroot.apply("printer_queues", {"printer_queues_codes": {"classe": "1234"}})
    bad = {"printer_queues_list": [{"name": "classe", "uri": "dnssd://classe.local/"}]}
    with pytest.raises(RoleFailed):
        chroot.apply("printer_queues", bad)
