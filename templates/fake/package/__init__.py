"""A GitHub in memory: enterprises, organizations, repositories and their runners, for tests.

Start with `FakeGitHub`. See docs/fake.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .github import FakeGitHub
    from .protocol.apps import FakeApp, Installation
    from .protocol.tokens import Token
    from .state.groups import RunnerGroup
    from .state.owners import Enterprise, Organization, Repository
    from .state.runners import Runner

__all__ = [
    "Enterprise",
    "FakeApp",
    "FakeGitHub",
    "Installation",
    "Organization",
    "Repository",
    "Runner",
    "RunnerGroup",
    "Token",
]

if not TYPE_CHECKING:
    from .._runtime.lazy import lazy

    __getattr__, __dir__ = lazy(
        __name__,
        {
            "Enterprise": ".state.owners",
            "FakeApp": ".protocol.apps",
            "FakeGitHub": ".github",
            "Installation": ".protocol.apps",
            "Organization": ".state.owners",
            "Repository": ".state.owners",
            "Runner": ".state.runners",
            "RunnerGroup": ".state.groups",
            "Token": ".protocol.tokens",
        },
    )
