# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The bill of materials holds to CycloneDX's own schema and to the purl specification."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from fleet.model.image import ImagePackage
from fleet.output.sbom import package_url, sbom
from fleet.readers.dpkg_status import read_copyright, read_installed
from tests.services.image_samples import COPYRIGHTS, facts_of, installed, make_root

cyclonedx = pytest.importorskip("cyclonedx.validation.json")
purl = pytest.importorskip("packageurl")
DIGEST = "0f" * 32
STATUS = Path("/var/lib/dpkg/status")


@pytest.fixture
def document(tmp_path: Path) -> bytes:
    facts = facts_of(make_root(tmp_path / "root"), tmp_path / "list")
    return sbom(facts, DIGEST, installed(), COPYRIGHTS)


def problems(document: bytes) -> object:
    from cyclonedx.schema import SchemaVersion

    return cyclonedx.JsonStrictValidator(SchemaVersion.V1_6).validate_str(document.decode())


def test_the_document_holds_to_the_official_schema(document: bytes) -> None:
    assert problems(document) is None


def test_the_packages_of_this_computer_hold_to_the_schema_too(tmp_path: Path) -> None:
    if not STATUS.exists():
        pytest.skip("this computer has no dpkg")
    found = read_installed(STATUS.read_text("utf-8"))
    papers = {
        one.package.name: Path(f"/usr/share/doc/{one.package.name}/copyright") for one in found
    }
    copyrights = {
        name: read_copyright(paper.read_bytes()) for name, paper in papers.items() if paper.exists()
    }
    facts = facts_of(make_root(tmp_path / "root"), tmp_path / "list")

    written = sbom(facts, DIGEST, found, copyrights)

    assert problems(written) is None
    assert len(json.loads(written)["components"]) == len(found) > 50


def test_the_same_image_gives_the_same_bytes(tmp_path: Path, document: bytes) -> None:
    facts = facts_of(
        make_root(tmp_path / "other"), tmp_path / "list2", built_at="2027-01-01T00:00:00Z"
    )

    assert sbom(facts, DIGEST, installed(), COPYRIGHTS) == document


def test_a_package_says_its_licence_supplier_and_source(document: bytes) -> None:
    by_name = {one["name"]: one for one in json.loads(document)["components"]}

    assert by_name["bash"]["licenses"] == [{"license": {"name": "GPL-3+"}}]
    assert by_name["bash"]["supplier"] == {"name": "Debian"}
    assert "licenses" not in by_name["dpkg"]
    assert by_name["libstdc++6"]["properties"] == [
        {"name": "parclibre:source-package", "value": "gcc-14"}
    ]


@pytest.mark.parametrize(
    ("name", "version", "arch"),
    [
        ("bash", "5.2.37-2", "amd64"),
        ("libstdc++6", "14.2.0-19", "amd64"),
        ("libreoffice-l10n-fr", "4:25.2.3-2+deb13u1~bpo12+1", "all"),
    ],
)
def test_package_urls_are_those_of_the_reference_library(
    name: str, version: str, arch: str
) -> None:
    package = ImagePackage(name=name, version=version, arch=arch, source=name)

    url = package_url(package, "debian", "trixie")

    parsed = purl.PackageURL.from_string(url)
    assert (parsed.name, parsed.version) == (name, version)
    assert parsed.qualifiers == {"arch": arch, "distro": "trixie"}
    assert parsed.to_string() == url


def test_no_command_loads_the_reference_library() -> None:
    script = (
        "import sys; from fleet.cli.main import build_parser; build_parser();"
        "print(sorted({name.split('.')[0] for name in sys.modules} & {'cyclonedx', 'packageurl'}))"
    )

    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)

    assert said.stdout.strip() == "[]", said.stderr
