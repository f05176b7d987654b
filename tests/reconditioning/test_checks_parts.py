# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks, radios, camera, sound, USB sockets and firmware of a made-up machine."""

from __future__ import annotations

import io
import math
import struct
import wave
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from PIL import Image

from fleet.adapters.process import Finished
from reconditioning.checks import CHECKS, CheckAdvanced
from reconditioning.checks_media import brightness, tone_ratio
from tests.reconditioning.bench_machine import SAMPLES, Machine, codes, said

SCAN = """\
BSS 00:11:22:33:44:55(on wlan0)
\tlast seen: 1234.567s [boottime]
\tfreq: 2437
\tsignal: -61.00 dBm
\tSSID: Famille Dupont
\tRSN:\t * Version: 1
BSS 66:77:88:99:aa:bb(on wlan0) -- associated
\tfreq: 5180
\tsignal: -70.00 dBm
\tSSID: Mairie-invites
"""
BLUETOOTH = """\
Index list with 1 item
hci0:\tPrimary controller
\taddr 00:AA:01:00:00:42 version 9 manufacturer 2 class 0x0c010c
\tsupported settings: powered connectable discoverable bondable ssp br/edr le
\tname bench
"""
ADDRESS = '[{"ifname":"eth0","addr_info":[{"family":"inet","local":"192.0.2.2","scope":"global"}]}]'
LINK_LOCAL = '[{"ifname":"eth0","addr_info":[{"family":"inet6","local":"fe80::1","scope":"link"}]}]'


def port(machine: Machine, name: str = "eth0", *, carrier: str = "1") -> Path:
    machine.write(f"sys/class/net/{name}/device/vendor", "0x8086")
    machine.write(f"sys/class/net/{name}/type", "1")
    machine.write(f"sys/class/net/{name}/speed", "1000")
    machine.tools.answers["ip"] = lambda command: said(ADDRESS if "address" in command else "")
    return machine.write(f"sys/class/net/{name}/carrier", carrier)


def plugged(carrier: Path) -> None:
    carrier.write_text("1")


def radio(machine: Machine, *, soft: str = "0", hard: str = "0", type_: str = "wlan") -> Path:
    machine.write("sys/class/net/wlan0/phy80211/name", "phy0")
    machine.write("sys/class/rfkill/rfkill0/type", type_)
    machine.write("sys/class/rfkill/rfkill0/hard", hard)
    machine.tools.answers["ip"] = said()
    machine.tools.answers["iw"] = said(SCAN)
    return machine.write("sys/class/rfkill/rfkill0/soft", soft)


def test_every_automatic_test_of_an_empty_machine_ends_and_none_passes(machine: Machine) -> None:
    ends = [machine.test(name, kind="desktop") for name in CHECKS]

    passed = {end.test for end in ends if end.result == "pass"}
    assert passed == {"start"}
    assert all(end.reasons for end in ends)


# --- wired network ------------------------------------------------------------------------------


def test_a_port_with_a_link_and_an_address_passes_and_the_address_is_not_kept(
    machine: Machine,
) -> None:
    port(machine)

    ended = machine.test("network")

    assert (ended.result, ended.reasons) == ("pass", ("link=eth0|1000", "address_given"))
    assert "192.0.2.2" not in ended.raw


def test_a_cable_is_asked_for_and_seen_when_it_comes(machine: Machine) -> None:
    carrier = port(machine, carrier="0")
    machine.happens.append((5, lambda: plugged(carrier)))

    events = machine.events("network")

    asked = [event for event in events if isinstance(event, CheckAdvanced) and event.asks]
    assert {event.doing for event in asked} == {"plug_cable"}
    assert len(asked) == 5
    assert getattr(events[-1], "result", "") == "pass"


@pytest.mark.parametrize(
    ("answer", "result", "reason"),
    [("skip", "skipped", "no_cable"), ("broken", "fail", "no_link"), (None, "skipped", "no_cable")],
)
def test_without_a_cable_only_a_person_can_call_the_socket_dead(
    machine: Machine, answer: str | None, result: str, reason: str
) -> None:
    port(machine, carrier="0")
    machine.says = [answer] if answer else []

    ended = machine.test("network")

    assert (ended.result, ended.reasons[0]) == (result, reason)


def test_a_network_without_addresses_does_not_fail_the_socket(machine: Machine) -> None:
    port(machine)
    machine.tools.answers["ip"] = said(LINK_LOCAL)

    assert machine.test("network").reasons == ("link=eth0|1000", "no_address")


def test_a_network_key_on_usb_is_not_a_socket_of_the_machine(machine: Machine) -> None:
    machine.write("sys/devices/usb1/1-2/vendor", "x")
    machine.write("sys/class/net/enx1/type", "1")
    machine.link("sys/class/net/enx1/device", "sys/devices/usb1/1-2")

    assert machine.test("network").result == "na"


# --- radios ---------------------------------------------------------------------------------------


def test_networks_are_counted_and_their_names_and_addresses_forgotten(machine: Machine) -> None:
    radio(machine)

    ended = machine.test("wifi")

    assert (ended.result, ended.reasons) == ("pass", ("networks_heard=2",))
    assert "-61.00 dBm" in ended.raw
    for private in ("Dupont", "Mairie", "00:11:22", "66:77:88"):
        assert private not in ended.raw


def test_silence_proves_nothing_but_a_card_that_cannot_listen_fails(machine: Machine) -> None:
    radio(machine)
    machine.tools.answers["iw"] = said()
    silent = machine.test("wifi")
    machine.tools.answers["iw"] = said(stderr="command failed: I/O error (-5)", status=251)

    broken = machine.test("wifi")

    assert (silent.result, silent.why) == ("skipped", "no_network_heard")
    assert (broken.result, broken.reasons) == ("fail", ("wifi_scan_failed=251",))


def test_a_radio_off_by_software_is_turned_on_and_one_off_by_a_switch_is_told(
    machine: Machine,
) -> None:
    soft = radio(machine, soft="1")
    on = machine.test("wifi")
    machine.write("sys/class/rfkill/rfkill0/hard", "1")

    off = machine.test("wifi")

    assert (on.result, soft.read_text()) == ("pass", "0")
    assert (off.result, off.reasons) == ("fail", ("radio_switched_off",))


@pytest.mark.parametrize(
    ("words", "result"), [(BLUETOOTH, "pass"), ("Index list with 0 items\n", "fail")]
)
def test_bluetooth_answers_or_not(machine: Machine, words: str, result: str) -> None:
    machine.write("sys/class/bluetooth/hci0/type", "x")
    machine.tools.answers["btmgmt"] = said(words)

    assert machine.test("bluetooth").result == result


# --- camera and sound -----------------------------------------------------------------------------


def camera(machine: Machine, picture: bytes) -> None:
    machine.write("sys/class/video4linux/video0/name", "Integrated Camera")

    def shoot(command: Sequence[str]) -> Finished:
        Path(command[-1]).write_bytes(picture)
        return said("<\n")

    machine.tools.answers["v4l2-ctl"] = shoot


def yuyv(luma: Callable[[int], int]) -> bytes:
    return b"".join(bytes((luma(n) % 256, 128)) for n in range(640 * 480))


def test_a_lit_picture_passes_and_is_gone_afterwards(machine: Machine) -> None:
    camera(machine, yuyv(lambda n: 40 + n % 150))

    ended = machine.test("camera")

    assert ended.result == "pass"
    assert list((machine.folder / "scratch").iterdir()) == []


@pytest.mark.parametrize("luma", [16, 130])
def test_a_black_or_flat_picture_is_for_a_person_to_judge(machine: Machine, luma: int) -> None:
    camera(machine, yuyv(lambda _n: luma))

    ended = machine.test("camera")

    assert (ended.result, ended.why, ended.ask_person) == ("skipped", "picture_dark", True)


@pytest.mark.parametrize(
    ("shade", "result"), [((90, 200), "pass"), ((5, 5), "skipped"), (None, "fail")]
)
def test_a_camera_that_only_gives_jpeg_is_judged_by_its_pixels(
    machine: Machine, shade: tuple[int, int] | None, result: str
) -> None:
    raw = io.BytesIO()
    picture = Image.linear_gradient("L") if shade == (90, 200) else Image.new("L", (64, 48), 5)
    picture.save(raw, "JPEG")
    camera(machine, raw.getvalue() if shade else raw.getvalue()[:30])

    assert machine.test("camera").result == result


def test_a_camera_that_gives_nothing_fails(machine: Machine) -> None:
    machine.write("sys/class/video4linux/video0/name", "Integrated Camera")
    machine.tools.answers["v4l2-ctl"] = said(stderr="VIDIOC_STREAMON returned -1", status=255)

    assert machine.test("camera").reasons == ("no_picture",)


def recording(machine: Machine, samples: Sequence[int]) -> None:
    machine.write("proc/asound/cards", " 0 [PCH            ]: HDA-Intel - HDA Intel PCH\n")
    machine.tools.answers.update({"amixer": said(), "speaker-test": said()})
    machine.tools.streams["arecord"] = (["Recording WAVE"], 0)

    def record(command: Sequence[str]) -> Finished:
        with wave.open(str(machine.folder / "scratch/parclibre-sound.wav"), "wb") as sound:
            sound.setnchannels(1)
            sound.setsampwidth(2)
            sound.setframerate(16000)
            sound.writeframes(struct.pack(f"<{len(samples)}h", *samples))
        return said()

    machine.tools.answers["speaker-test"] = record


def tone(hz: float, loud: int = 3000) -> list[int]:
    return [round(loud * math.sin(2 * math.pi * hz * n / 16000)) for n in range(32000)]


@pytest.mark.parametrize(
    ("samples", "result", "reason"),
    [
        (tone(1000), "pass", "tone_heard"),
        (
            [a // 20 + b // 60 for a, b in zip(tone(1000), tone(220), strict=True)],
            "pass",
            "tone_heard",
        ),
        (tone(440), "skipped", "tone_not_heard"),
        ([0] * 32000, "skipped", "no_recording"),
        ([], "skipped", "no_recording"),
    ],
)
def test_a_tone_that_the_microphone_hears_passes_and_all_else_asks_a_person(
    machine: Machine, samples: list[int], result: str, reason: str
) -> None:
    recording(machine, samples)

    ended = machine.test("sound")

    assert (ended.result, codes(ended)) == (result, [reason])
    assert ended.ask_person == (result == "skipped")
    assert list((machine.folder / "scratch").iterdir()) == []


def test_figures_of_nothing_are_unknown() -> None:
    assert brightness(b"") is None
    assert tone_ratio([], 0) is None
    assert tone_ratio([1] * 100, 16000) is None


# --- USB ------------------------------------------------------------------------------------------


def socket(machine: Machine, number: int, *, peer: bool = True, kind: str = "hotplug") -> None:
    """A socket: port N of the slow bus 1, tied to port N of the fast bus 2."""
    slow = f"sys/devices/usb1/1-0:1.0/usb1-port{number}"
    fast = f"sys/devices/usb2/2-0:1.0/usb2-port{number}"
    for place in (slow, fast) if peer else (slow,):
        machine.write(f"{place}/connect_type", kind)
    if peer:
        machine.link(f"{slow}/peer", fast)
        machine.link(f"{fast}/peer", slow)
    for bus in (1, 2):
        link = machine.folder / f"sys/bus/usb/devices/{bus}-0:1.0"
        if not link.exists():
            machine.link(f"sys/bus/usb/devices/{bus}-0:1.0", f"sys/devices/usb{bus}/{bus}-0:1.0")


def plug(machine: Machine, bus: int, number: int) -> None:
    machine.link(
        f"sys/bus/usb/devices/{bus}-{number}/port",
        f"sys/devices/usb{bus}/{bus}-0:1.0/usb{bus}-port{number}",
    )


def test_the_sockets_are_followed_at_both_speeds_until_all_were_used(machine: Machine) -> None:
    for number in (1, 2):
        socket(machine, number)
    socket(machine, 3, kind="hardwired")
    plug(machine, 1, 3)
    plug(machine, 2, 1)
    machine.happens.append((4, lambda: plug(machine, 1, 2)))

    ended = machine.test("usb")

    assert (ended.result, ended.reasons) == ("pass", ("usb_sockets=2|2",))


@pytest.mark.parametrize(
    ("answer", "result", "reason"),
    [("done", "pass", "usb_sockets"), ("broken", "fail", "usb_socket_dead"),
     ("skip", "skipped", "left_out")],
)  # fmt: skip
def test_a_person_may_end_it_since_firmware_counts_sockets_that_are_not_wired(
    machine: Machine, answer: str, result: str, reason: str
) -> None:
    for number in (1, 2, 4):
        socket(machine, number)
    plug(machine, 1, 1)
    machine.says = [answer]

    ended = machine.test("usb")

    assert (ended.result, codes(ended)[0]) == (result, reason)
    assert "usb_sockets=1|3" in ended.reasons


def test_saying_done_without_any_socket_seen_is_no_pass(machine: Machine) -> None:
    machine.write("sys/bus/usb/devices/1-4/product", "Integrated Camera")
    machine.says = ["done"]

    assert machine.test("usb").result == "skipped"


def test_nobody_there_ends_without_a_result(machine: Machine) -> None:
    socket(machine, 1)

    ended = machine.test("usb")

    assert ended.result == "skipped"
    assert ended.seconds < 400


# --- firmware -------------------------------------------------------------------------------------


def dmi(machine: Machine, sample: str, added: str = "") -> None:
    text = (SAMPLES / "dmidecode" / sample).read_text(encoding="utf-8", errors="replace")
    machine.tools.answers["dmidecode"] = said(text + added)


MAKERS = "sys/class/firmware-attributes"
ABSOLUTE = f"{MAKERS}/dell-wmi-sysman/attributes/Absolute/current_value"
OEM_STRINGS = "\nHandle 0x9999, DMI type 11, 5 bytes\nOEM Strings\n\tString 1: Computrace\n"
DELL = "Dell-OptiPlex_OptiPlex_9020_3C2C14F623FB.txt"


def test_a_free_firmware_passes_and_says_what_cannot_be_seen(machine: Machine) -> None:
    dmi(machine, DELL)
    machine.write("sys/class/tpm/tpm0/tpm_version_major", "2")
    machine.write("sys/firmware/acpi/tables/WPBT", "x")

    ended = machine.test("firmware")

    assert ended.result == "pass"
    assert {"tpm=2", "windows_program_in_firmware", "remote_locks_invisible"} <= set(ended.reasons)
    assert any(reason.startswith("firmware_version=Dell Inc. A") for reason in ended.reasons)


@pytest.mark.parametrize(
    "locks",
    [
        lambda m: dmi(m, "jc_centos-7.7.txt"),
        lambda m: m.write(f"{MAKERS}/think-lmi/authentication/Admin/is_enabled", "1"),
        lambda m: m.write(ABSOLUTE, "Enabled\n"),
        lambda m: dmi(m, DELL, OEM_STRINGS),
    ],
    ids=["SMBIOS password", "kernel password", "kernel theft lock", "SMBIOS theft lock"],
)  # fmt: skip
def test_a_lock_fails_the_firmware(machine: Machine, locks: Callable[[Machine], None]) -> None:
    dmi(machine, DELL)
    locks(machine)

    ended = machine.test("firmware")

    assert ended.result == "fail"
    assert codes(ended)[0] in ("firmware_password", "theft_lock")


def test_a_theft_lock_that_is_off_does_not_fail(machine: Machine) -> None:
    dmi(machine, DELL)
    machine.write(ABSOLUTE, "Disabled\n")

    assert machine.test("firmware").result == "pass"


def test_a_silent_firmware_is_no_pass(machine: Machine) -> None:
    machine.tools.answers["dmidecode"] = said("# dmidecode 3.4\n/dev/mem: No such file\n", status=1)

    assert machine.test("firmware").why == "firmware_silent"


def test_how_it_started_is_told(machine: Machine) -> None:
    before = machine.test("start").reasons
    variable = "SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
    machine.write(f"sys/firmware/efi/efivars/{variable}", b"\x06\x00\x00\x00\x01")

    assert before == ("started_by=bios",)
    assert machine.test("start").reasons == ("started_by=uefi", "secure_boot_on")
