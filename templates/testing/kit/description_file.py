"""File with the description of an API, beside the test kit."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec

from .description import Description


@cache
def read_description(path: Path) -> Description:
    """Read a description, once."""
    return msgspec.json.decode(path.read_bytes(), type=Description)
