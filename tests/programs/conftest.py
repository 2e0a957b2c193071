"""Every response of the fake GitHub to the programs is checked."""

from __future__ import annotations

from fake.validity import valid_responses

__all__ = ["valid_responses"]
