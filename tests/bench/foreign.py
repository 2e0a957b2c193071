"""Documents of other APIs through `runnersmith generate`, each by the checks of `official`.

Run by hand: `.venv/bin/python tests/bench/foreign.py`. Shows of each that every operation is
emitted or listed, that two runs agree byte for byte under other hash seeds, that every module
imports, every model and response has a decoder and mypy --strict passes; prints a table of what came of
them. Fetches the documents at first, and writes beside the benchmark's environment and to a
temporary folder only.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench.whole import check, fetch, typed

README = "@readme/oas-examples@8.2.2"
# By the name that the package of the client has: what stands in which file of which package.
DOCUMENTS = {
    # 3.1: recursive unions by tag inside models, shared parts by allOf, many inline alternatives
    "figma": ("@figma/rest-api-spec@0.43.0", "openapi/openapi.yaml"),
    # 3.1: 457 models written inline, unions in responses
    "readme": (README, "3.1/yaml/readme.yaml"),
    # 3.1: webhooks, links, examples where none may be, files in forms
    "galaxy": ("@scalar/galaxy@0.2.20", "dist/3.1.json"),
    # 3.1: alternatives in a body, media types beside JSON, conditions that are not checked
    "trains": (README, "3.1/yaml/train-travel.yaml"),
    # 3.0: 120 operations, forms
    "star_trek": (README, "3.0/yaml/star-trek.yaml"),
    # 3.0: every style of a parameter; two paths that no request can have
    "styles": (README, "3.0/yaml/parameters-style.yaml"),
}


def main() -> None:
    """Check every document, and print the table."""
    heads = ("emitted", "listed", "raw types", "notes", "models", "replies", "wall s", "MiB")
    print(f"{'':<11}" + "".join(f"{head:>12}" for head in heads))
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        for name, (package, file) in DOCUMENTS.items():
            (folder / name).mkdir()
            found = check(fetch(package, file), folder / name, name)
            counts = (found.emitted, found.listed, found.raw, found.notes, found.models)
            row = "".join(f"{count:>12}" for count in (*counts, found.replies))
            print(f"{name:<11}{row}{found.run.wall:>12.1f}{found.run.peak:>12.0f}", flush=True)
        packages = [folder / name / "1" / name for name in DOCUMENTS]
        print("mypy --strict:", typed(folder, *packages))


if __name__ == "__main__":
    main()
