"""File with the description of an API, beside the test kit."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import msgspec

from .description import Description


@cache
def read_description() -> Description:
    """Read the description of this package, which may be in a zip file, once."""
    package = (__package__ or "").rpartition(".")[0]
    content = files(package).joinpath("_description.json").read_bytes()
    return msgspec.json.decode(content, type=Description)
