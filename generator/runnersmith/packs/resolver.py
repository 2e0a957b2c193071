"""Resolver of packs: finds them on disk, each with the packs that it extends.

Reads pack folders; writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path, PurePosixPath

from ..openapi.spelling import did_you_mean
from ..problems import Place, Problem, UsageError
from . import toml_positions
from .manifest import FILE, SUFFIX, Copy, Manifest, Output, PackError, parse

# Documentation that a pack may have beside templates and copied folders.
_PROSE = (".md", ".txt", ".rst")
_CACHES = "__pycache__"
# The folder of the examples, beside the packs that come with runnersmith.
EXAMPLES = "templates/examples"


@dataclass(frozen=True)
class Pack:
    """A pack on disk; `lines` are the lines of its manifest's keys."""

    folder: Path
    manifest: Manifest
    lines: Mapping[toml_positions.Path, int]

    @property
    def name(self) -> str:
        return self.manifest.name

    @cached_property
    def templates(self) -> frozenset[str]:
        """Return the names of its templates: paths below its folder."""
        return frozenset(path for path in self.files if path.endswith(SUFFIX))

    @cached_property
    def files(self) -> tuple[str, ...]:
        """Return every file below its folder, except hidden ones and caches."""
        found = (path for path in self.folder.rglob("*") if path.is_file())
        names = (path.relative_to(self.folder) for path in found)
        return tuple(
            sorted(
                name.as_posix()
                for name in names
                if _CACHES not in name.parts and not any(part[0] == "." for part in name.parts)
            )
        )

    def copied(self, copy: Copy) -> list[str]:
        """Return the Python files of a folder to copy, as sorted paths below that folder."""
        folder = PurePosixPath(copy.source)
        above = f"{folder}/" if folder.parts else ""
        python = (name for name in self.files if name.endswith(".py"))
        return [name.removeprefix(above) for name in python if name.startswith(above)]

    def place(self, *path: str | int) -> Place:
        """Return the place of a key of its manifest."""
        return Place(shown(self.folder / FILE), toml_positions.nearest(self.lines, path))


@dataclass(frozen=True)
class Stack:
    """Packs that extend each other: the most specific first, the root last."""

    packs: tuple[Pack, ...]

    @property
    def name(self) -> str:
        return self.packs[0].name

    @property
    def models(self) -> str | None:
        """Return the template of a model's class: from the first pack that names one."""
        return next((pack.manifest.models for pack in self.packs if pack.manifest.models), None)

    @property
    def outputs(self) -> Iterator[tuple[Pack, int, Output]]:
        """Yield every output with its pack and its index there, the root's outputs first."""
        for pack in reversed(self.packs):
            for number, output in enumerate(pack.manifest.outputs):
                yield pack, number, output

    @property
    def data(self) -> dict[str, tuple[Pack, str]]:
        """Return the data files by name, each with the first pack that has it."""
        return {
            name: (pack, path)
            for pack in reversed(self.packs)
            for name, path in pack.manifest.data.items()
        }

    def find(self, template: str, below: str | None = None) -> str | None:
        """Return the canonical name, `pack::template`, in the first pack that has the template.

        With `below`, search only the packs after the one of that name.
        """
        names = [pack.name for pack in self.packs]
        start = names.index(below) + 1 if below is not None else 0
        found = (pack.name for pack in self.packs[start:] if template in pack.templates)
        name = next(found, None)
        return f"{name}::{template}" if name is not None else None


def stacks(folders: Sequence[Path]) -> tuple[Stack, ...]:
    """Read packs and everything that they extend. Raises PackError or UsageError.

    Packs with the same root form one stack, in which later packs take precedence. Packs with
    different roots produce their files side by side.
    """
    roots: dict[Path, list[Pack]] = {}
    read_once = cache(read)
    for folder in folders:
        chain = _chain(folder, read_once)
        held = roots.setdefault(chain[-1].folder, [])
        held.extend(pack for pack in reversed(chain) if pack.folder not in _folders(held))
    names: dict[str, Pack] = {}
    for pack in (pack for held in roots.values() for pack in held):
        if other := names.get(pack.name):
            message = f"name {pack.name!r} is also the name of {shown(other.folder)}; rename one"
            raise PackError([Problem(pack.place("name"), message)])
        names[pack.name] = pack
    return tuple(Stack(tuple(reversed(held))) for held in roots.values())


def _folders(packs: Iterable[Pack]) -> set[Path]:
    return {pack.folder for pack in packs}


def _chain(folder: Path, read: Callable[[Path], Pack]) -> list[Pack]:
    """Return a pack followed by those that it extends."""
    chain = [read(folder.resolve())]
    while (name := chain[-1].manifest.extends) is not None:
        last = chain[-1]
        following = resolve(name, last.folder)
        if not (following / FILE).is_file():
            message = (
                f"extends {name!r}, which is not a pack; name one that comes with runnersmith "
                f"({', '.join(shipped_names())}), or a folder relative to this one"
            )
            raise PackError([Problem(last.place("extends"), message)])
        if following in _folders(chain):
            loop = " → ".join(pack.name for pack in chain)
            message = f"{loop} → {read(following).name}: packs extend each other in a circle"
            raise PackError([Problem(last.place("extends"), message)])
        chain.append(read(following))
    return chain


def read(folder: Path) -> Pack:
    """Read one pack. Raises PackError with every problem, UsageError if it does not exist."""
    folder = folder.resolve()
    path = folder / FILE
    try:
        text = path.read_bytes().decode("utf-8").replace("\r\n", "\n")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"{path}: {error}; name a folder with a pack.toml, as `runnersmith pack new` makes it"
        ) from None
    pack = Pack(folder, *parse(text, shown(path)))
    if found := [*_missing(pack), *_strays(pack)]:
        raise PackError(found)
    return pack


def _missing(pack: Pack) -> Iterator[Problem]:
    """Yield a problem for everything in the manifest that the folder does not have."""
    for number, copy in enumerate(pack.manifest.copies):
        inside = (pack.folder / copy.source).resolve().is_relative_to(pack.folder)
        if not inside or not pack.copied(copy):
            yield Problem(
                pack.place("copies", number, "source"),
                f"{copy.source!r} is not a folder of the pack with .py files; add it or drop the entry",
            )
            continue
        files = pack.copied(copy)
        known = [it.file for it in copy.optional]
        for index, file in enumerate(known):
            place = pack.place("copies", number, "optional", index)
            if file not in files:
                hint = did_you_mean(file, files)
                yield Problem(place, f"{file!r} is not a .py file in {copy.source!r}{hint}")
            elif file in known[:index]:
                yield Problem(place, f"{file!r} is listed twice; join the two conditions by `or`")
    for name, path in pack.manifest.data.items():
        inside = (pack.folder / path).resolve().is_relative_to(pack.folder)
        if not inside or path not in pack.files:
            yield Problem(
                pack.place("data", name),
                f"data {name!r}: {path!r} is not a file of the pack; add it or drop the entry",
            )
    for number, template in enumerate(pack.manifest.replaces):
        if template not in pack.templates:
            hint = did_you_mean(template, sorted(pack.templates)) or "; drop the entry"
            message = f"replaces: {template!r} is not a template of the pack{hint}"
            yield Problem(pack.place("replaces", number), message)
    if pack.manifest.extends is not None:
        # A template absent here may be in the packs below; the checker of templates reports it.
        return
    named: list[tuple[toml_positions.Path, str]] = [
        (("outputs", n, "template"), it.template) for n, it in enumerate(pack.manifest.outputs)
    ]
    if pack.manifest.models:
        named.append((("models",), pack.manifest.models))
    for key, template in named:
        if template not in pack.templates:
            yield Problem(
                pack.place(*key),
                f"{template!r} is not in the pack; add the file or drop the entry",
            )


def _strays(pack: Pack) -> Iterator[Problem]:
    """Yield files that would be ignored, such as a template with a misspelt suffix."""
    copied = {
        (PurePosixPath(copy.source) / name).as_posix()
        for copy in pack.manifest.copies
        for name in pack.copied(copy)
    }
    named = {FILE, *pack.manifest.data.values()}
    for name in pack.files:
        known = name.endswith((SUFFIX, *_PROSE)) or name in copied
        if not known and name not in named:
            yield Problem(
                Place(shown(pack.folder / name)),
                f"no template (*{SUFFIX}), not in a folder of `copies` and not named by `data`: "
                "it would be ignored; "
                "rename it or move it away",
            )


# ── Locations of packs ───────────────────────────────────────────────────────────────────────


def resolve(name: str, base: Path) -> Path:
    """Return the folder of a pack: a shipped one by its bare name, or a path below `base`."""
    if "/" not in name and (shipped("templates") / name / FILE).is_file():
        return (shipped("templates") / name).resolve()
    return (base / name).resolve()


def shipped(name: str) -> Path:
    """Return a shipped file or folder: in the wheel, or in the repository if editable."""
    here = Path(__file__).parent.parent
    packaged = here / "_data" / name
    return packaged if packaged.exists() else here.parent.parent / name


def shipped_names() -> list[str]:
    """Return the names of the shipped packs."""
    return sorted(path.parent.name for path in shipped("templates").glob(f"*/{FILE}"))


def example_names() -> list[str]:
    """Return the names of the examples that a new pack can start as."""
    return sorted(path.parent.name for path in shipped(EXAMPLES).glob(f"*/{FILE}"))


def shown(path: Path) -> str:
    """Return a file's path for messages: relative to the current folder if it is inside."""
    here = Path.cwd()
    return (path.relative_to(here) if path.is_relative_to(here) else path).as_posix()
