# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The office_suite role: the defaults, as LibreOffice itself understands them."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from fleet.adapters.ansible import collect_packages
from tests.roles.harness import PROJECT, Chroot, RoleFailed

_OOR = "{http://openoffice.org/2001/registry}"
_PATH = "/usr/lib/libreoffice/share/registry/parclibre.xcd"


def _settings(text: str) -> dict[str, str]:
    """Return each property by its path."""
    found: dict[str, str] = {}

    def walk(node: ET.Element, path: str) -> None:
        for child in node:
            name = f"{path}/{child.get(_OOR + 'name')}"
            if child.tag == "prop":
                found[name] = child.findtext("value") or ""
            walk(child, name)

    for data in ET.fromstring(text).iter(f"{_OOR}component-data"):  # noqa: S314
        walk(data, f"{data.get(_OOR + 'package')}.{data.get(_OOR + 'name')}")
    return found


@pytest.mark.root
def test_documents_are_french_and_open_by_default(chroot: Chroot) -> None:
    chroot.apply_twice("office_suite")

    settings = _settings(chroot.read(_PATH))
    factories = "org.openoffice.Setup/Office/Factories"
    assert settings["org.openoffice.Setup/L10N/ooSetupSystemLocale"] == "fr-FR"
    assert settings[f"{factories}/com.sun.star.text.TextDocument/ooSetupFactoryDefaultFilter"] == (
        "writer8"
    )
    assert settings["org.openoffice.Office.Common/Misc/ShowTipOfTheDay"] == "false"
    assert settings["org.openoffice.Office.Common/Security/Scripting/MacroSecurityLevel"] == "3"
    assert settings["org.openoffice.Office.Recovery/AutoSave/TimeIntervall"] == "5"
    assert 'oor:finalized="true"' in chroot.read(_PATH)


@pytest.mark.root
def test_a_town_may_save_in_the_other_format(chroot: Chroot) -> None:
    chroot.apply(
        "office_suite",
        {"office_suite_file_format": "ooxml", "office_suite_macro_security_locked": False},
    )

    text = chroot.read(_PATH)
    assert "Calc MS Excel 2007 XML" in _settings(text).values()
    assert "finalized" not in text


@pytest.mark.root
@pytest.mark.slow
def test_libreoffice_itself_knows_each_setting_that_we_give(chroot: Chroot) -> None:
    chroot.apply("office_suite")
    ours = _settings(chroot.read(_PATH))
    chroot.packages.download(("libreoffice-common",))

    schema = chroot.shell(
        "dpkg-deb --fsys-tarfile /var/cache/apt/archives/libreoffice-common_*.deb"
        " | tar --extract --to-stdout ./usr/lib/libreoffice/share/.registry/main.xcd"
    )

    # Factories is a set: its members are not in the schema.
    known = _known(schema)
    names = {name for name in ours if "/Factories/" not in name}
    assert names - known == set()


def _known(text: str) -> set[str]:
    found: set[str] = set()

    def walk(node: ET.Element, path: str) -> None:
        for child in node:
            name = f"{path}/{child.get(_OOR + 'name')}"
            if child.tag == "prop":
                found.add(name)
            walk(child, name)

    for schema in ET.fromstring(text).iter(f"{_OOR}component-schema"):  # noqa: S314
        component = schema.find("component")
        if component is not None:
            walk(component, f"{schema.get(_OOR + 'package')}.{schema.get(_OOR + 'name')}")
    return found


def test_the_grammar_checker_is_left_out_where_there_is_none() -> None:
    given = {"package_set_codename": "jammy"}

    names = collect_packages(("office_suite",), given, project=PROJECT)

    assert "libreoffice-l10n-fr" in names
    assert "libreoffice-grammalecte" not in names


@pytest.mark.root
def test_bad_values_are_refused(chroot: Chroot) -> None:
    with pytest.raises(RoleFailed, match="between 0 and 60"):
        chroot.apply("office_suite", {"office_suite_autosave_minutes": 90})
