"""Project of a run: `[tool.runnersmith]` in the nearest pyproject.toml, or the shipped spec.

Reads pyproject.toml; writes nothing.
"""

from __future__ import annotations

import keyword
import os
import re
import sys
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from .ir.naming import Rename
from .problems import UsageError
from .rename_table import RenameTable

_RELEASE = re.compile(r"\d+(\.\d+){0,3}((a|b|rc)\d+)?(\.post\d+)?(\.dev\d+)?\Z", re.ASCII)
_PACKAGE = re.compile(r"[a-z][a-z0-9_]*\Z", re.ASCII)
_NO_PROJECT = "no pyproject.toml with [tool.runnersmith] in this folder or above it"


# The default packs: the client, its test kit and its reference pages.
PACKS = ("client", "testing", "reference")


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """The settings table. Paths are relative to the folder of the pyproject.toml.

    `pack` is one pack, `packs` are several; the default is PACKS. Each is a folder or the bare name
    of a shipped pack.
    """

    spec: str = "spec/runners.yaml"
    corrections: str = "spec/corrections.yaml"
    package: str = "ghrunners"
    package_version: str = "0.1.0"
    output: str = "generated"
    pack: str | None = None
    packs: tuple[str, ...] | None = None
    rename: RenameTable = RenameTable()


class _Tool(msgspec.Struct, frozen=True):
    runnersmith: Settings | None = None


class _File(msgspec.Struct, frozen=True):
    """Checked part of a pyproject.toml."""

    tool: _Tool = _Tool()


@dataclass(frozen=True, slots=True)
class Project:
    """Settings, resolved to paths. Names in messages are relative to `root`.

    `packs` are the folders of the requested packs; these name the packs that they extend.
    """

    root: Path
    spec: Path
    corrections: Path
    output: Path
    packs: tuple[Path, ...]
    package: str
    package_version: str
    skip_unsupported: bool = True
    # Whether an option has replaced a setting, so that the output may belong to something else.
    is_changed: bool = False
    # Whether to leave out packs that are not for the document: the project's, for another document.
    selects_packs: bool = False
    renames: tuple[Rename, ...] = ()

    def name(self, path: Path) -> str:
        """Return a file's name for messages: relative to the current folder if it is inside."""
        shown = os.path.relpath(path)
        return Path(path if shown.startswith("..") else shown).as_posix()


def find(
    spec: str | None = None,
    output: str | None = None,
    package: str | None = None,
    packs: Sequence[str] | None = None,
    *,
    skip_unsupported: bool = True,
    has_output: bool = False,
    spec_option: str | None = None,
) -> Project:
    """Find the project of the current folder. Arguments override settings.

    Paths in arguments are relative to the current folder. Raises UsageError if a setting is
    invalid, or if a command that `has_output` does not know where it belongs. `spec_option` names
    the spec of a command that is about it: outside a project, it must be given.
    """
    root, settings, is_project = _settings(_current())
    if spec_option is not None and spec is None and not is_project:
        raise UsageError(f"{_NO_PROJECT}; give {spec_option}")
    for option, value in (
        ("--spec", spec),
        ("--output", output),
        ("--package", package),
        *(("--pack", pack) for pack in packs or ()),
    ):
        if value == "":
            raise UsageError(f"{option} is empty; give it a value or leave it out")
    if has_output:
        _check_output(root, settings, spec, output, package, is_project=is_project)
    name = package or settings.package
    _check_package(name)
    if not _RELEASE.match(settings.package_version):
        raise UsageError(
            f"package-version {settings.package_version!r} is not a version; write one such as 1.2.3"
        )
    return Project(
        root=root,
        spec=Path(spec) if spec else root / settings.spec,
        corrections=root / settings.corrections,
        output=Path(output) if output else root / settings.output,
        packs=_packs(packs, Path.cwd()) if packs else _packs(_named(root, settings), root),
        package=name,
        package_version=settings.package_version,
        skip_unsupported=skip_unsupported,
        selects_packs=is_project
        and not packs
        and spec is not None
        and not _is_own(root, settings, spec),
        renames=_renames(root, settings),
        is_changed=bool(spec or output or package),
    )


def _check_package(name: str) -> None:
    """Raise UsageError if a package of this name cannot be imported, or hides another module."""
    from .ir import names

    advice = ""
    if not _PACKAGE.match(name):
        advice = "use lower-case letters, digits and underscores"
    elif keyword.iskeyword(name):
        advice = "it is a keyword of Python"
    elif name in sys.stdlib_module_names:
        advice = "it is a module of Python's standard library, which the client would hide"
    elif name in names.DEVICES:
        advice = "it is the name of a device on Windows"
    elif len(name) > names.MAX_LENGTH:
        advice = f"use at most {names.MAX_LENGTH} characters"
    if advice:
        raise UsageError(f"{name[:80]!r} cannot be the package; {advice}")


def _check_output(
    root: Path,
    settings: Settings,
    spec: str | None,
    output: str | None,
    package: str | None,
    *,
    is_project: bool,
) -> None:
    """Raise UsageError if the settings are those of another document, or there are none."""
    if not is_project and not output:
        raise UsageError(f"{_NO_PROJECT}; give --spec, --package and --output")
    own = is_project and spec is not None and _is_own(root, settings, spec)
    if spec and not own and not (output and package):
        missing = [
            name for name, value in (("--package", package), ("--output", output)) if not value
        ]
        raise UsageError(
            f"{spec} is not the spec of this project; give {' and '.join(missing)} as well"
        )


def _is_own(root: Path, settings: Settings, spec: str) -> bool:
    return os.path.realpath(spec) == os.path.realpath(root / settings.spec)


def _renames(root: Path, settings: Settings) -> tuple[Rename, ...]:
    """Return the names that the project sets, each with its line."""
    if settings.rename == RenameTable():
        return ()
    path = root / "pyproject.toml"
    shown = os.path.relpath(path)
    name = Path(path if shown.startswith("..") else shown).as_posix()
    return settings.rename.entries(name, path.read_text(encoding="utf-8"))


def _packs(names: Sequence[str], base: Path) -> tuple[Path, ...]:
    from .packs import resolve

    return tuple(resolve(name, base) for name in names)


def _named(root: Path, settings: Settings) -> tuple[str, ...]:
    if settings.pack is not None and settings.packs is not None:
        raise UsageError(
            f"{root / 'pyproject.toml'}: [tool.runnersmith] has both pack and packs; keep one of them"
        )
    named = settings.packs if settings.packs is not None else PACKS
    if settings.pack is not None:
        named = (settings.pack,)
    if not all(named) or not named:
        raise UsageError(
            f"{root / 'pyproject.toml'}: [tool.runnersmith] names no pack; write one, or drop the key"
        )
    return named


def _current() -> Path:
    try:
        return Path.cwd()
    except OSError:
        raise UsageError("the current folder is gone; change to one that exists") from None


def _settings(folder: Path) -> tuple[Path, Settings, bool]:
    """Return the nearest settings, their folder, and whether there are any.

    Without them, the spec is the shipped one.
    """
    for candidate in (folder, *folder.parents):
        path = candidate / "pyproject.toml"
        if not path.is_file():
            continue
        try:
            found = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), _File)
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise UsageError(f"{path}: {error}") from None
        except msgspec.ValidationError as error:
            raise UsageError(f"{path}: [tool.runnersmith]: {error}") from None
        if found.tool.runnersmith is not None:
            return candidate, found.tool.runnersmith, True
    from .packs import shipped

    defaults = Settings(
        spec=str(shipped("spec/runners.yaml")), corrections=str(shipped("spec/corrections.yaml"))
    )
    return folder, defaults, False
