# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""ipptool's reports as they were captured (CUPS 2.4.2), and what is none."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.errors import BadInput
from fleet.readers.ipp import IppAnswer, read_ipp_answer

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple Computer//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
"""
BUSY = f"""{_HEAD}<dict>
<key>Tests</key>
<array>
<dict>
<key>Successful</key>
<false />
<key>StatusCode</key>
<string>server-error-busy</string>
<key>ResponseAttributes</key>
<array>
<dict>
<key>attributes-charset</key>
<string>utf-8</string>
<key>status-message</key>
<string>Currently printing another job.</string>
</dict>
</array>
</dict>
</array>
<key>Successful</key>
<false />
</dict>
</plist>
"""
NO_ANSWER = f"""{_HEAD}<dict>
<key>Tests</key>
<array>
</array>
<key>Successful</key>
<false />
<key>ErrorMessage</key>
<string>Unable to connect to "localhost" on port 8978 - Host is down</string>
</dict>
</plist>
"""
ONE_FORMAT = BUSY.replace("server-error-busy", "successful-ok").replace(
    "<key>status-message</key>\n<string>Currently printing another job.</string>",
    "<key>document-format-supported</key>\n<string>application/pdf</string>",
)


def test_a_refusal_comes_with_the_printer_s_words() -> None:
    answer = read_ipp_answer(BUSY)

    assert not answer.accepted
    assert answer.status == "server-error-busy - Currently printing another job."


def test_one_format_alone_is_a_list_of_one() -> None:
    answer = read_ipp_answer(ONE_FORMAT)

    assert answer == IppAnswer(status="successful-ok", formats=("application/pdf",))
    assert answer.accepted


@pytest.mark.parametrize("report", ["", NO_ANSWER, BUSY[:400], "\ud800"])
def test_no_answer_is_never_an_empty_one(report: str) -> None:
    with pytest.raises(BadInput):
        read_ipp_answer(report)


@given(st.text(max_size=300))
def test_any_text_is_an_answer_or_a_refusal(text: str) -> None:
    with contextlib.suppress(BadInput):
        assert read_ipp_answer(f"{_HEAD}<dict>{text}</dict></plist>").status
