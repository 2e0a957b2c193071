"""Packages of foreign documents with their test kits."""

from __future__ import annotations

import functools
import importlib
from dataclasses import replace
from pathlib import Path
from typing import Any

from lowering.foreign_packages import FOREIGN
from runnersmith import pipeline
from runnersmith.packs import shipped
from small_specs import project, write_files


@functools.cache
def generated_kit(document: str) -> pipeline.GeneratedPackage:
    """Generate the client of a document with its test kit, as the package `kit_DOCUMENT`."""
    templates = shipped("templates")
    plain = project(FOREIGN / f"{document}.yaml", FOREIGN / "output", package=f"kit_{document}")
    packs = (templates / "client", templates / "testing")
    return pipeline.produce(replace(plain, packs=packs))


def write_kits(folder: Path, documents: tuple[str, ...]) -> None:
    """Write the packages of documents."""
    for document in documents:
        files = generated_kit(document).files
        write_files(
            folder, {path: it for path, it in files.items() if path.startswith(f"kit_{document}/")}
        )


def kit_of(document: str) -> Any:
    """Return the module `testing` of a document's package."""
    return importlib.import_module(f"kit_{document}.testing")
