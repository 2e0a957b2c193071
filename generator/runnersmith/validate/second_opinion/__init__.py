"""Second opinion: openapi-spec-validator, asked about documents after our own checks.

    documents ──ask──▶ process ──▶ findings ──▶ problems: those that our own checks lack

It can raise, run without end or fill the memory, so it runs in a separate process (`process`),
beside the stages that follow (`session`). `findings` places what it reports.
"""

from __future__ import annotations

from .session import SecondOpinion

__all__ = ["SecondOpinion"]
