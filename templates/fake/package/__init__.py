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
    from .state.hosted.images import CustomImage, Image, MachineSize
    from .state.hosted.runners import HostedRunner
    from .state.machine_errors import (
        ConfigRejected,
        GroupFull,
        JobRunning,
        MachineError,
        NameTaken,
        RunnersDisabled,
        TokenRejected,
        TooManyRegistrations,
        UnknownGroup,
        UnknownRunner,
        VersionDeprecated,
    )
    from .state.owners import Enterprise, Organization, Repository
    from .state.runners import Runner

__all__ = [
    "ConfigRejected",
    "CustomImage",
    "Enterprise",
    "FakeApp",
    "FakeGitHub",
    "GroupFull",
    "HostedRunner",
    "Image",
    "Installation",
    "JobRunning",
    "MachineError",
    "MachineSize",
    "NameTaken",
    "Organization",
    "Repository",
    "Runner",
    "RunnerGroup",
    "RunnersDisabled",
    "Token",
    "TokenRejected",
    "TooManyRegistrations",
    "UnknownGroup",
    "UnknownRunner",
    "VersionDeprecated",
]

if not TYPE_CHECKING:
    from .._runtime.lazy import lazy

    __getattr__, __dir__ = lazy(
        __name__,
        {
            "ConfigRejected": ".state.machine_errors",
            "CustomImage": ".state.hosted.images",
            "Enterprise": ".state.owners",
            "FakeApp": ".protocol.apps",
            "FakeGitHub": ".github",
            "GroupFull": ".state.machine_errors",
            "HostedRunner": ".state.hosted.runners",
            "Image": ".state.hosted.images",
            "Installation": ".protocol.apps",
            "JobRunning": ".state.machine_errors",
            "MachineError": ".state.machine_errors",
            "MachineSize": ".state.hosted.images",
            "NameTaken": ".state.machine_errors",
            "Organization": ".state.owners",
            "Repository": ".state.owners",
            "Runner": ".state.runners",
            "RunnerGroup": ".state.groups",
            "RunnersDisabled": ".state.machine_errors",
            "Token": ".protocol.tokens",
            "TokenRejected": ".state.machine_errors",
            "TooManyRegistrations": ".state.machine_errors",
            "UnknownGroup": ".state.machine_errors",
            "UnknownRunner": ".state.machine_errors",
            "VersionDeprecated": ".state.machine_errors",
        },
    )
