"""The value of an argument that the caller left out. Unset is not null: it is not sent at all."""

from __future__ import annotations

from typing import TypeAlias

from msgspec import UNSET, UnsetType

Unset: TypeAlias = UnsetType

__all__ = ["UNSET", "Unset"]
