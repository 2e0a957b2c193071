"""The architecture that generator/README.md states: layers, no circle, purity, sizes.

The tables of that page are the rules; there is no second copy of them.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "generator" / "README.md"
RUNTIME = ROOT / "templates" / "client" / "runtime"
KIT = ROOT / "templates" / "testing" / "kit"
FAKE = ROOT / "templates" / "fake" / "package"
FLEET = ROOT / "templates" / "fleet" / "package"
# Heading of the table -> the tree that it describes: its folders, by their places in the package.
TREES: dict[str, dict[str, Path]] = {
    "Layers of the generator": {"": ROOT / "generator" / "runnersmith"},
    "Layers of the runtime": {"": RUNTIME},
    "Layers of the test kit": {"_runtime": RUNTIME, "testing/_kit": KIT},
    "Layers of the fake GitHub": {"_runtime": RUNTIME, "testing/_kit": KIT, "fake": FAKE},
    "Layers of the fleet helpers": {"_runtime": RUNTIME, "fleet": FLEET},
}
# The longest chain of rooms that a reader has to follow.
LEVELS = {"Layers of the runtime": 7}
MODULES_PER_FOLDER = 12
LINES_PER_MODULE = 300
# The IR is one contract, described in one place.
MAY_BE_LONGER = {"ir/model.py"}
# Objects that know each other, as runners and their owners do: their types may form a circle.
KNOW_EACH_OTHER = {"fake/state"}

# Modules that read or write something, or give another result the next time.
IO = frozenset("""
    anyio asyncio getpass glob hishel http httpcore2 httpx2 importlib io logging multiprocessing os
    pathlib random secrets select selectors shutil signal socket sqlite3 ssl subprocess sys.argv
    sys.stderr sys.stdin sys.stdout tempfile threading time urllib.request uuid warnings
    """.split())
# Parts of them that do not.
WITHOUT_IO = frozenset(
    {
        "http.HTTPStatus",
        "http.cookies.SimpleCookie",
        "importlib.import_module",
        "pathlib.PurePath",
        "pathlib.PurePosixPath",
    }
)
IO_CALLS = frozenset({"input", "open", "print"})


@dataclass(frozen=True, slots=True)
class Module:
    """A module of a tree: where it is, what it says of itself, and what it imports."""

    path: str
    text: str

    @property
    def name(self) -> str:
        return ".".join(self._parts)

    @property
    def _parts(self) -> tuple[str, ...]:
        parts = self.path.removesuffix(".py").split("/")
        return tuple(parts[:-1] if parts[-1] == "__init__" and parts[:-1] else parts)

    @property
    def _package(self) -> tuple[str, ...]:
        return tuple(self.path.split("/")[:-1])

    @property
    def is_pure(self) -> bool:
        return re.search(r"\bPure\b", ast.get_docstring(_parsed(self.text)) or "") is not None

    def imports(self, names: frozenset[str], *, types: bool = True) -> frozenset[str]:
        """Return the modules of the tree that this one imports, inside functions too.

        `types` includes the imports that only a type checker follows.
        """
        found: set[str] = set()
        for node in _nodes(_parsed(self.text), types=types):
            if isinstance(node, ast.ImportFrom) and node.level:
                base = self._package[: len(self._package) - node.level + 1]
                module = ".".join((*base, *(node.module or "").split("."))).strip(".")
                for alias in node.names:
                    inner = f"{module}.{alias.name}".strip(".")
                    found.add(inner if inner in names else module or "__init__")
        return frozenset(found - {self.name})


@cache
def _parsed(text: str) -> ast.Module:
    return ast.parse(text)


@cache
def _io(text: str) -> frozenset[str]:
    """Return the names that a module imports or calls and that read or write."""
    found: set[str] = set()
    for node in _nodes(_parsed(text), types=False):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            found |= {node.func.id} & IO_CALLS
        elif isinstance(node, ast.Attribute) and ast.unparse(node) in IO:
            found.add(ast.unparse(node))
    return frozenset(
        name
        for name in found - WITHOUT_IO
        if name in IO_CALLS or any(name == one or name.startswith(f"{one}.") for one in IO)
    )


def _nodes(node: ast.AST, *, types: bool) -> Iterator[ast.AST]:
    """Walk a syntax tree, without what stands under `if TYPE_CHECKING` unless `types` are wanted."""
    yield node
    for child in ast.iter_child_nodes(node):
        guarded = isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING"
        if types or not guarded:
            yield from _nodes(child, types=types)


class Tree:
    """The modules of a folder and the layers that they belong to, the lowest layer first."""

    def __init__(self, files: Mapping[str, str], layers: tuple[tuple[str, ...], ...]) -> None:
        modules = [Module(path, text) for path, text in sorted(files.items())]
        self.modules = {module.name: module for module in modules}
        self.rank = {room: rank for rank, rooms in enumerate(layers) for room in rooms}
        names = frozenset(self.modules)
        self.edges = {name: self.modules[name].imports(names) for name in sorted(names)}
        self.uses = {name: self.modules[name].imports(names, types=False) for name in sorted(names)}
        self.io = {name: _io(module.text) for name, module in self.modules.items()}

    def room(self, name: str) -> str | None:
        """Return the room of a module: the longest that its path starts with, or else `root`."""
        parts = name.split(".")
        rooms = ["/".join(parts[:length]) for length in range(len(parts), 0, -1)]
        return next((room for room in (*rooms, "root") if room in self.rank), None)

    def problems(self, levels: int | None) -> list[str]:
        return [
            *self.upward(),
            *self.circles(),
            *self.impure(),
            *self.too_deep(levels),
            *self.too_large(),
        ]

    def upward(self) -> Iterator[str]:
        """Yield each import of another room that is not in a lower layer."""
        for name, imported in self.edges.items():
            room = self.room(name)
            if room is None:
                yield f"{name}: in no layer"
                continue
            for other in sorted(imported):
                above = self.room(other)
                if above is None:
                    yield f"{name} ({room}) imports {other}, which is in no layer"
                elif above != room and self.rank[above] >= self.rank[room]:
                    yield f"{name} ({room}) imports {other} ({above}), which is not below it"

    def circles(self) -> Iterator[str]:
        edges = {
            name: (self.uses if self.room(name) in KNOW_EACH_OTHER else self.edges)[name]
            for name in self.edges
        }
        try:
            tuple(TopologicalSorter(edges).static_order())
        except CycleError as error:
            yield f"circle: {' -> '.join(reversed(error.args[1]))}"

    def impure(self) -> Iterator[str]:
        """Yield each use of I/O by a module that says Pure, also through what it imports."""
        for name, module in self.modules.items():
            if not module.is_pure:
                continue
            paths = {name: name}
            waiting = [name]
            for one in waiting:
                for io in sorted(self.io[one]):
                    yield f"{name} says Pure: {paths[one]} uses {io}"
                for other in sorted((self.uses[one] & self.modules.keys()) - paths.keys()):
                    paths[other] = f"{paths[one]} -> {other}"
                    waiting.append(other)

    def too_deep(self, levels: int | None) -> Iterator[str]:
        """Yield the longest chain of rooms, with each module of the root as a separate room."""
        if levels is None or any(self.circles()) or any(self.upward()):
            return
        rooms: dict[str, set[str]] = {}
        for name, imported in self.edges.items():
            level = self._level(name)
            rooms.setdefault(level, set()).update(map(self._level, imported))
            rooms[level].discard(level)
        chains: dict[str, tuple[str, ...]] = {}
        for level in TopologicalSorter(rooms).static_order():
            longest = max((chains[other] for other in rooms[level]), key=len, default=())
            chains[level] = (*longest, level)
        deepest = max(chains.values(), key=len, default=())
        if len(deepest) > levels:
            yield f"{len(deepest)} levels, {levels} are allowed: {' <- '.join(deepest)}"

    def _level(self, name: str) -> str:
        """Return what counts as one level: a room, or a module in the root."""
        room = self.room(name)
        return name if room in (None, "root") else room

    def too_large(self) -> Iterator[str]:
        folders: dict[str, int] = {}
        for module in self.modules.values():
            folder, _, file = module.path.rpartition("/")
            folders[folder] = folders.get(folder, 0) + (file != "__init__.py")
            lines = module.text.count("\n")
            if lines > LINES_PER_MODULE and module.path not in MAY_BE_LONGER:
                yield f"{module.path}: {lines} lines, {LINES_PER_MODULE} are allowed"
        for folder, count in folders.items():
            if count > MODULES_PER_FOLDER:
                yield f"{folder or '.'}/: {count} modules, {MODULES_PER_FOLDER} are allowed"


def layers_of(heading: str) -> tuple[tuple[str, ...], ...]:
    """Return the rows of the table below a heading: the rooms of a layer, the lowest first."""
    section = PAGE.read_text(encoding="utf-8").split(f"\n### {heading}\n", 1)[1]
    rows = re.findall(r"^\| (`.*?`) \|", section.split("\n#", 1)[0], re.MULTILINE)
    return tuple(
        tuple(re.findall(r"`([\w/]+)`", layer)) for row in rows for layer in row.split(" < ")
    )


def files_of(folders: Mapping[str, Path]) -> dict[str, str]:
    return {
        (place / path.relative_to(folder)).as_posix(): path.read_text(encoding="utf-8")
        for place, folder in ((PurePosixPath(at), folder) for at, folder in folders.items())
        for path in folder.rglob("*.py")
    }


@pytest.mark.parametrize("heading", TREES)
def test_the_tree_keeps_its_layers(heading: str) -> None:
    """No import of a higher layer, no circle, no I/O behind "Pure", no folder or module too large."""
    tree = Tree(files_of(TREES[heading]), layers_of(heading))
    assert tree.problems(LEVELS.get(heading)) == []
    # A module that a template prints is there for those that import it.
    names = frozenset(tree.modules).union(*tree.edges.values())
    rooms = {tree.room(name) for name in names}
    assert tree.rank.keys() - rooms == set(), "rooms in the table that are not in the tree"


LAYERS = (("base",), ("left", "right"), ("top/inner",), ("top",))
SOUND = {
    "__init__.py": "",
    "base/__init__.py": "",
    "base/values.py": '"""Values. Pure."""\n',
    "base/files.py": '"""Reads files."""\nfrom pathlib import Path\n',
    "left/sums.py": '"""Sums. Pure."""\nfrom ..base.values import x\n',
    "right/store.py": '"""A store."""\nfrom ..base import files, values\n',
    "top/inner/part.py": "from ...left.sums import y\n",
    "top/main.py": "from .inner import part\nfrom ..right.store import z\n",
}


@pytest.mark.parametrize(
    ("path", "planted", "problem"),
    [
        (
            "base/values.py",
            "from ..top.main import run",
            "base.values (base) imports top.main (top)",
        ),
        (
            "left/sums.py",
            "from ..right import store",
            "left.sums (left) imports right.store (right)",
        ),
        ("top/inner/part.py", "from .. import main", "top.inner.part (top/inner) imports top.main"),
        (
            "base/values.py",
            "if TYPE_CHECKING:\n    from ..left.sums import y",
            "base.values (base) imports left.sums (left)",
        ),
        (
            "base/values.py",
            "def late():\n    from .files import x",
            "base.values says Pure: base.values -> base.files uses pathlib.Path",
        ),
        (
            "base/files.py",
            "from .files2 import x",
            "circle: base.files -> base.files2 -> base.files",
        ),
        ("left/sums.py", "import socket", "left.sums says Pure: left.sums uses socket"),
        (
            "left/sums.py",
            "import urllib.request",
            "left.sums says Pure: left.sums uses urllib.request",
        ),
        ("left/sums.py", "from os import path", "left.sums says Pure: left.sums uses os.path"),
        (
            "left/sums.py",
            "import sys\nx = sys.argv",
            "left.sums says Pure: left.sums uses sys.argv",
        ),
        ("left/sums.py", "x = open('x')", "left.sums says Pure: left.sums uses open"),
        ("right/store.py", "\n" * 300, "right/store.py: 302 lines, 300 are allowed"),
        ("beside.py", "", "beside: in no layer"),
    ],
)
def test_a_planted_fault_is_found_by_name(path: str, planted: str, problem: str) -> None:
    """Each rule fails on what breaks it, and only then."""
    files = SOUND | {"base/files2.py": "from . import files\n"} if "files2" in planted else SOUND
    layers = (*LAYERS, ("root",)) if path != "beside.py" else LAYERS
    assert Tree(SOUND, (*LAYERS, ("root",))).problems(4) == []
    found = Tree(files | {path: files.get(path, "") + planted}, layers).problems(None)
    assert any(one.startswith(problem) for one in found), found


def test_what_only_types_need_is_not_io() -> None:
    """A pure module may name the type of a path that it is handed."""
    typed = SOUND["left/sums.py"] + "if TYPE_CHECKING:\n    from pathlib import Path\n"
    assert Tree(SOUND | {"left/sums.py": typed}, (*LAYERS, ("root",))).problems(4) == []


def test_an_import_from_outside_the_layers_is_found() -> None:
    """Of a package that no row names: a room may import only what is below it in the table."""
    planted = SOUND["top/main.py"] + "from ..elsewhere.part import x\n"
    found = Tree(SOUND | {"top/main.py": planted}, LAYERS).problems(None)
    assert "top.main (top) imports elsewhere.part, which is in no layer" in found


def test_objects_that_know_each_other_are_no_circle(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the rooms that are named for it, and only by their types."""
    known = "from . import files2\n"
    typed = f"if TYPE_CHECKING:\n    {known}"
    layers = (*LAYERS, ("root",))
    for text, room, is_found in [(typed, "left", 1), (typed, "base", 0), (known, "base", 1)]:
        monkeypatch.setattr(sys.modules[__name__], "KNOW_EACH_OTHER", {room})
        files = {"base/files.py": text, "base/files2.py": "from . import files\n"}
        found = Tree(SOUND | files, layers).problems(None)
        assert sum(one.startswith("circle: base.files ->") for one in found) == is_found, found


def test_a_long_chain_and_a_crowded_folder_are_found() -> None:
    """Both counts are exact: one less is allowed."""
    crowd = {f"right/m{number}.py": "" for number in range(12)}
    assert Tree(SOUND | crowd, (*LAYERS, ("root",))).problems(3) == [
        "4 levels, 3 are allowed: base <- left <- top/inner <- top",
        "right/: 13 modules, 12 are allowed",
    ]


def test_the_page_names_files_that_exist() -> None:
    """Each row of "Where do I change" leads somewhere."""
    section = PAGE.read_text(encoding="utf-8").split("\n## Where do I change", 1)[1]
    rows = [line for line in section.split("\n## ", 1)[0].splitlines() if line.startswith("| ")]
    named = {name for row in rows for name in re.findall(r"`([\w/.]+/[\w/.]*)`", row)}
    roots = (ROOT, PAGE.parent / "runnersmith")
    runtime = RUNTIME.relative_to(ROOT).as_posix()
    paths = {name: re.sub(r"^runtime/", f"{runtime}/", name) for name in named}
    assert len(rows) >= 12
    assert [
        name for name, path in paths.items() if not any((root / path).exists() for root in roots)
    ] == []
