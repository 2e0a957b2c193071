"""GitHub's descriptions: which of them concern the spec, and the list of those that were fetched.

descriptions/ghec/ghec.json               product ghec, at all of its API versions
descriptions/ghec/ghec.2026-03-10.json    the same at one of them; only its name is read
descriptions/ghes-3.19/ghes-3.19.json     Enterprise Server 3.19
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeAlias

from commands import WorkflowError

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"

REPOSITORY = "github/rest-api-description"
VERSION = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
RELEASE = re.compile(r"\d{1,3}\.\d{1,3}", re.ASCII)

# Enterprise Cloud has every operation, so `bump` and `sync` read its description.
WIDEST = "ghec"

_LIST = "descriptions.json"
_SERVER = "ghes-"
_PATH = re.compile(
    rf"descriptions/(ghec|api\.github\.com|{_SERVER}{RELEASE.pattern})"
    rf"/\1(?:\.({VERSION.pattern}))?\.json",
    re.ASCII,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ours:
    """What the spec states: its API versions, newest first, and releases of Enterprise Server.

    `oldest` is the oldest supported release, `newest` the last one that the spec names.
    """

    versions: tuple[str, ...]
    oldest: str
    newest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Descriptions:
    """Descriptions at one commit of GitHub's repository, by product.

    `new_version` is an API version that the spec lacks, `retired` are those of the spec that GitHub
    no longer describes. `new_releases` are releases of Enterprise Server after all that the spec
    names.
    """

    commit: str
    products: tuple[str, ...]
    new_version: str | None
    retired: tuple[str, ...]
    new_releases: tuple[str, ...]

    def write(self, folder: Path) -> None:
        """Write the list beside the descriptions."""
        (folder / _LIST).write_text(json.dumps(asdict(self), indent=1), encoding="utf-8")


def read(folder: Path) -> Descriptions:
    """Read the list that `write` made."""
    try:
        data = json.loads((folder / _LIST).read_text(encoding="utf-8"))
    except OSError as error:
        raise WorkflowError(f"{folder / _LIST}: {error.strerror}; run fetch.py first") from None
    return Descriptions(
        commit=data["commit"],
        products=tuple(data["products"]),
        new_version=data["new_version"],
        retired=tuple(data["retired"]),
        new_releases=tuple(data["new_releases"]),
    )


def ours(ir: Any, oldest: str) -> Ours:
    """Return what the output of `runnersmith ir` states."""
    if not RELEASE.fullmatch(oldest):
        raise WorkflowError(f"{oldest!r} is not a release of Enterprise Server, such as 3.17")
    named = [oldest, *(release for release in _releases(ir) if RELEASE.fullmatch(release))]
    return Ours(versions=tuple(ir["versions"]), oldest=oldest, newest=max(named, key=_number))


def choose(commit: str, paths: Iterable[str], spec: Ours, asked: str = "") -> Descriptions:
    """Choose from the paths of GitHub's repository. Paths of any other form are ignored.

    The new version is the next one after the spec's newest, or the one that was asked for. Raises
    WorkflowError if GitHub does not describe it.
    """
    found = [(match[1], match[2]) for match in map(_PATH.fullmatch, paths) if match]
    products = {product for product, version in found if version is None}
    versions = {version for product, version in found if product == WIDEST and version}
    if WIDEST not in products or not versions:
        raise WorkflowError(f"{REPOSITORY} at {commit} has no description of {WIDEST}")
    if asked and asked not in versions:
        raise WorkflowError(f"{REPOSITORY} has no description of {WIDEST} at API version {asked!r}")
    newer = {version for version in versions if version > spec.versions[0]}
    servers = sorted(
        (product.removeprefix(_SERVER) for product in products if product.startswith(_SERVER)),
        key=_number,
    )
    supported = [each for each in servers if _number(each) >= _number(spec.oldest)]
    return Descriptions(
        commit=commit,
        products=(
            *sorted(product for product in products if not product.startswith(_SERVER)),
            *(f"{_SERVER}{each}" for each in supported),
        ),
        new_version=min({asked} - set(spec.versions) if asked else newer, default=None),
        retired=tuple(version for version in spec.versions if version not in versions),
        new_releases=tuple(each for each in supported if _number(each) > _number(spec.newest)),
    )


def _releases(value: Json) -> Iterator[str]:
    """Yield the releases of Enterprise Server anywhere in the IR: `{name: ghes, since: "3.19"}`."""
    inner: Iterable[Json] = ()
    if isinstance(value, dict):
        since = value.get("since")
        if "ghes" in (value.get("name"), value.get("product")) and isinstance(since, str):
            yield since
        inner = value.values()
    elif isinstance(value, list):
        inner = value
    for each in inner:
        yield from _releases(each)


def _number(release: str) -> tuple[int, ...]:
    return tuple(map(int, release.split(".")))
