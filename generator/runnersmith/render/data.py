"""What the data files of packs hold: TOML that templates read, by the names that packs give it.

Reads the files that packs name. What is in one is for the templates that read it to say.
"""

from __future__ import annotations

import tomllib

from ..packs import Stack, shown, syntax
from ..problems import Place, Problem


def read(stack: Stack) -> tuple[dict[str, object], list[Problem]]:
    """The contents by name, and what is wrong with a file, by its own lines."""
    found: dict[str, object] = {}
    problems: list[Problem] = []
    for name, (pack, path) in stack.data.items():
        file = pack.folder / path
        try:
            found[name] = tomllib.loads(file.read_bytes().decode("utf-8"))
        except tomllib.TOMLDecodeError as error:
            problems.append(syntax(error, shown(file)))
        except (OSError, UnicodeDecodeError) as error:
            message = f"cannot be read: {error}; make it a readable file in UTF-8"
            problems.append(Problem(Place(shown(file)), message))
    return found, problems
