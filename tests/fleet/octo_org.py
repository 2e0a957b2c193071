"""Runners of `octo-org`, in which tests of JIT runners register theirs."""

from __future__ import annotations

from ghrunners.fake import FakeGitHub

LABELS = ["self-hosted", "gpu"]


def names(github: FakeGitHub) -> list[str]:
    """Return the names of the runners of `octo-org`."""
    return [it.name for it in github.org().runners.values()]
