"""A GitHub in memory: enterprises, organizations, repositories and their runners, for tests.

Start with `FakeGitHub`. See docs/fake.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .github import FakeGitHub
    from .state.groups import RunnerGroup
    from .state.hosted import HostedRunner
    from .state.images import CustomImage, Image, MachineSize
    from .state.owners import Enterprise, Organization, Repository
    from .state.runners import Runner

__all__ = [
    "CustomImage",
    "Enterprise",
    "FakeGitHub",
    "HostedRunner",
    "Image",
    "MachineSize",
    "Organization",
    "Repository",
    "Runner",
    "RunnerGroup",
]

if not TYPE_CHECKING:
    from .._runtime.lazy import lazy

    __getattr__, __dir__ = lazy(
        __name__,
        {
            "CustomImage": ".state.images",
            "Enterprise": ".state.owners",
            "FakeGitHub": ".github",
            "HostedRunner": ".state.hosted",
            "Image": ".state.images",
            "MachineSize": ".state.images",
            "Organization": ".state.owners",
            "Repository": ".state.owners",
            "Runner": ".state.runners",
            "RunnerGroup": ".state.groups",
        },
    )
