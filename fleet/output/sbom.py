# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The software bill of materials of an image: CycloneDX 1.6, the same bytes for the same image."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypeAlias
from urllib.parse import quote

from fleet.model.image import ImageFacts, ImagePackage
from fleet.readers.dpkg_status import Copyright, InstalledPackage

SPEC_VERSION = "1.6"
_Json: TypeAlias = dict[str, Any]
# The distributor in package URLs: packages of Zorin OS come from Ubuntu but for a few.
_DISTRIBUTORS = {"zorin": "ubuntu"}


def sbom(
    facts: ImageFacts,
    rootfs_sha256: str,
    installed: tuple[InstalledPackage, ...],
    copyrights: Mapping[str, Copyright],
) -> bytes:
    """Return the document; ``copyrights`` by package name, without those that have none."""
    distributor = _DISTRIBUTORS.get(facts.base.system, facts.base.system)
    document = {
        "$schema": f"http://cyclonedx.org/schema/bom-{SPEC_VERSION}.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": SPEC_VERSION,
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, rootfs_sha256)}",
        "version": 1,
        "metadata": _metadata(facts, rootfs_sha256),
        "components": [
            _component(one, copyrights.get(one.package.name), distributor, facts.base.codename)
            for one in installed
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n"


def package_url(package: ImagePackage, distributor: str, codename: str) -> str:
    """Return the package's URL, as the purl specification writes those of Debian."""
    name, version = quote(package.name, safe=""), quote(package.version, safe=":")
    qualifiers = f"arch={quote(package.arch, safe='')}&distro={quote(codename, safe='')}"
    return f"pkg:deb/{distributor}/{name}@{version}?{qualifiers}"


def _metadata(facts: ImageFacts, rootfs_sha256: str) -> _Json:
    maker = {
        "type": "application",
        "name": "ParcLibre",
        "version": facts.provenance.tool_version,
    }
    return {
        "timestamp": datetime.fromtimestamp(facts.epoch, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "tools": {"components": [maker]},
        "component": {
            "type": "operating-system",
            "bom-ref": "image",
            "name": facts.name,
            "version": rootfs_sha256[:12],
            "description": facts.title,
            "hashes": [{"alg": "SHA-256", "content": rootfs_sha256}],
        },
    }


def _component(
    one: InstalledPackage, copyright_: Copyright | None, distributor: str, codename: str
) -> _Json:
    package, url = one.package, package_url(one.package, distributor, codename)
    component: _Json = {
        "type": "library",
        "bom-ref": url,
        "name": package.name,
        "version": package.version,
        "purl": url,
        "properties": [{"name": "parclibre:source-package", "value": package.source}],
    }
    if one.maintainer:
        component["supplier"] = {"name": one.maintainer}
    if copyright_ is not None:
        component["properties"].append(
            {"name": "parclibre:copyright-sha256", "value": copyright_.sha256}
        )
        if copyright_.licences:
            component["licenses"] = [{"license": {"name": name}} for name in copyright_.licences]
    return component
