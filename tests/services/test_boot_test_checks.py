# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The questions of the boot test: their names, the files they need, what they read."""

from __future__ import annotations

import ast
import shutil
import subprocess
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from fleet.data.boot_checks import __main__ as inside
from fleet.data.boot_checks import office, printing, safety, system
from fleet.data.boot_checks.tools import Ran
from fleet.errors import UsageError
from fleet.model.proof import CheckResult
from fleet.model.recipe_roles import CHECKS
from fleet.output.proof_words import check_sentences, image_sentences
from fleet.services import boot_checks
from fleet.services.boot_test_image import check_image


def test_every_question_has_a_sentence_and_every_sentence_a_question() -> None:
    assert set(inside.CHECKS) == set(check_sentences())


def test_an_unknown_check_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(UsageError) as refused:
        boot_checks.choose(["printin"])

    assert "printing" in refused.value.hint


def test_a_recipe_that_names_no_check_gets_all_of_them() -> None:
    assert boot_checks.choose(()) == tuple(check_sentences())
    assert boot_checks.choose(["locale"]) == ("login_screen", "locale")


def test_what_is_expected_follows_the_recipe() -> None:
    settings = boot_checks.settings_for(
        {
            "checks": ["locale", "no_host_key"],
            "variables": {
                "french_locale_timezone": "Indian/Reunion",
                "french_locale_keyboard_variant": "bepo",
                "remote_access_open_ports": [{"port": 11100}],
            },
        }
    )

    assert settings.checks == ("login_screen", "locale")
    assert settings.timezone == "Indian/Reunion"
    assert settings.key_right_of_tab == "b"
    assert "tcp/11100" in settings.ports
    assert boot_checks.settings_for({}).key_right_of_tab == "a"


def test_recipes_may_ask_for_every_check_and_for_nothing_else() -> None:
    known = {**check_sentences(), **image_sentences()}

    assert set(CHECKS) == set(known)


def test_the_added_files_are_a_program_that_old_systems_can_read() -> None:
    files = boot_checks.added_files(boot_checks.CheckSettings())

    for path, content in files.items():
        if path.endswith(".py"):
            ast.parse(content, feature_version=(3, 9))
    assert f"etc/systemd/system/{boot_checks.UNIT}" in files


def test_the_letter_is_an_open_document(tmp_path: Path) -> None:
    document = office.open_document(
        tmp_path / "lettre.odt", "application/vnd.oasis.opendocument.text", "lettre.content.xml"
    )

    with zipfile.ZipFile(document) as package:
        first = package.infolist()[0]
        assert first.filename == "mimetype"
        assert first.compress_type == zipfile.ZIP_STORED
        assert "façade" in package.read("content.xml").decode()


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext is missing: poppler-utils")
def test_the_printed_page_is_a_pdf_whose_text_can_be_read(tmp_path: Path) -> None:
    page = tmp_path / "page.pdf"

    page.write_bytes(printing.one_page("Élève, œuvre, 12 €."))

    assert office.pdf_text(page).split() == ["Élève,", "œuvre,", "12", "€."]


def test_a_text_that_misses_an_accent_is_not_right() -> None:
    answer = office.judged_text("Sortie a la foret", ("Sortie à la forêt",))

    assert answer.result == "fail"


SHADOW = {
    "nothing": ("jean::19000:0:99999:7:::", "empty password"),
    "its own name": ("eleve:{}:19000::::::", "has the password"),
    "root open": ("root:$6$salt$x:19000::::::", "root has a password"),
}


@pytest.mark.parametrize("case", SHADOW)
def test_a_weak_password_is_found(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    line, words = SHADOW[case]
    made = subprocess.run(
        ["openssl", "passwd", "-6", "eleve"], capture_output=True, text=True, check=True
    ).stdout.strip()
    monkeypatch.setattr(safety, "text_of", lambda _path: line.format(made))

    answer = safety.no_default_password({"known_passwords": ["azerty"]})

    assert answer.result == "fail"
    assert words in answer.evidence


def test_locked_accounts_and_unknown_passwords_are_right(monkeypatch: pytest.MonkeyPatch) -> None:
    made = subprocess.run(
        ["openssl", "passwd", "-6", "kX9-vent-lune"], capture_output=True, text=True, check=True
    ).stdout.strip()
    shadow = f"root:!*:19000::::::\ndaemon:*:1::::::\nprof:{made}:19000::::::\n"
    monkeypatch.setattr(safety, "text_of", lambda _path: shadow)

    answer = safety.no_default_password({"known_passwords": ["azerty", ""]})

    assert answer.result == "pass"
    assert "with a password: prof" in answer.evidence


PORTS = """\
udp UNCONN 0 0 0.0.0.0:5353 0.0.0.0:* users:(("avahi-daemon",pid=1,fd=2))
udp UNCONN 0 0 0.0.0.0:40123 0.0.0.0:* users:(("avahi-daemon",pid=1,fd=3))
tcp LISTEN 0 128 127.0.0.1:631 0.0.0.0:* users:(("cupsd",pid=2,fd=2))
tcp LISTEN 0 128 [::1]:631 [::]:* users:(("cupsd",pid=2,fd=3))
"""


@pytest.mark.parametrize(
    ("more", "result"),
    [
        ("", "pass"),
        ('udp UNCONN 0 0 *:631 *:* users:(("cups-browsed",pid=3,fd=1))\n', "fail"),
        ('tcp LISTEN 0 5 0.0.0.0:5900 0.0.0.0:* users:(("vino",pid=3,fd=1))\n', "fail"),
    ],
)
def test_a_port_that_nobody_expects_is_found(
    more: str, result: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(safety, "run", lambda *_command, **_options: Ran(0, PORTS + more))

    answer = safety.listening_ports({"ports": boot_checks.CheckSettings().ports})

    assert answer.result == result


def test_a_menu_entry_without_its_program_is_seen_as_such(tmp_path: Path) -> None:
    entry = tmp_path / "gcompris.desktop"
    entry.write_text("[Desktop Entry]\nName=GCompris\nExec=env LANG=fr gcompris-qt %F\n")
    hidden = tmp_path / "hidden.desktop"
    hidden.write_text("[Desktop Entry]\nExec=no-such-program\nNoDisplay=true\n")

    assert system._program(entry) == "gcompris-qt"
    assert system._program(hidden) == ""


@pytest.mark.skipif(shutil.which("mksquashfs") is None, reason="squashfs-tools is missing")
@pytest.mark.parametrize(
    ("files", "failed"),
    [
        ({"etc/machine-id": ""}, set()),
        ({"etc/machine-id": "uninitialized\n", "etc/ssh/sshd_config": "x"}, set()),
        ({"etc/machine-id": "0123456789abcdef0123456789abcdef\n"}, {"no_machine_id"}),
        ({"etc/ssh/ssh_host_ed25519_key": "secret"}, {"no_host_key"}),
        ({"etc/ssh/ssh_host_rsa_key.pub": "public"}, {"no_host_key"}),
        ({"etc/hostname": "x"}, set()),
    ],
)
def test_identities_inside_an_image_are_found(
    files: dict[str, str], failed: set[str], tmp_path: Path
) -> None:
    root = tmp_path / "root"
    for path, content in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(content)
    subprocess.run(
        ["mksquashfs", str(root), str(tmp_path / "rootfs.squashfs"), "-quiet", "-no-progress"],
        check=True, capture_output=True,
    )  # fmt: skip

    outcomes = check_image(tmp_path)

    assert {one.id for one in outcomes if one.result is CheckResult.FAIL} == failed


@dataclass(frozen=True)
class Machine:
    """The units that are loaded and active, and the command lines that run."""

    units: tuple[str, ...]
    commands: tuple[str, ...]


@pytest.mark.parametrize(
    ("machine", "result"),
    [
        (Machine(("display-manager.service",), ("/usr/sbin/lightdm-gtk-greeter",)), "pass"),
        (
            Machine(("display-manager.service",), ("/bin/python3\0/bin/slick-greeter",)),
            "pass",
        ),
        (Machine(("display-manager.service",), ("/sbin/agetty\0tty1",)), "fail"),
        (Machine(("parclibre-kiosk.service",), ("/usr/lib/firefox-esr/firefox-esr",)), "pass"),
        (Machine(("parclibre-kiosk.service",), ("/sbin/agetty\0tty1",)), "fail"),
        (Machine((), ("/sbin/agetty\0tty1",)), "pass"),
        (Machine((), ("/usr/bin/python3\0/usr/lib/parclibre/live-door\0tty1",)), "pass"),
        (Machine((), ("/bin/sh\0-l",)), "fail"),
    ],
)
def test_somebody_can_log_in_or_not(
    machine: Machine, result: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = {"LoadState": "loaded", "ActiveState": "active"}
    monkeypatch.setattr(
        system, "_unit", lambda name, field: answers[field] if name in machine.units else "no"
    )
    monkeypatch.setattr(system, "_sessions", list)
    monkeypatch.setattr(system, "_command_lines", lambda: list(machine.commands))

    answer = system.login_screen({"limits": {"login": 0}})

    assert answer.result == result
