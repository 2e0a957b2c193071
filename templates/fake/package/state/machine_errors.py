"""Errors of a runner's machine: what GitHub refuses to `config.sh` and `run.sh`. Pure.

MachineError (a ValueError)
├── TokenRejected          a registration or removal token that is not valid, or not any more
├── NameTaken              another runner has the name
├── UnknownGroup           no runner group of that name
├── UnknownRunner          no runner of that name, or it was removed
├── ConfigRejected         a JIT configuration that is not valid, or was used before
├── RunnersDisabled        a policy forbids self-hosted runners
├── TooManyRegistrations   the limit of registrations in five minutes
├── GroupFull              the limit of runners in a group
├── VersionDeprecated      a version of the runner application that GitHub has retired
└── JobRunning             the runner is busy
"""

from __future__ import annotations

from ..._runtime.lazy import publish


class MachineError(ValueError):
    """A machine is refused what it asks for."""


class TokenRejected(MachineError):
    """A token is unknown, has expired, or is for something else."""


class NameTaken(MachineError):
    """The owner has another runner of that name."""


class UnknownGroup(MachineError):
    """The owner has no such runner group."""


class UnknownRunner(MachineError):
    """The owner has no such runner, or not any more."""


class ConfigRejected(MachineError):
    """A JIT configuration is unknown, or was used before."""


class RunnersDisabled(MachineError):
    """A policy forbids self-hosted runners of this owner."""


class TooManyRegistrations(MachineError):
    """The owner has had as many registrations as it may in five minutes."""


class GroupFull(MachineError):
    """The runner group has as many runners as it may."""


class VersionDeprecated(MachineError):
    """The version of the runner application has been retired."""


class JobRunning(MachineError):
    """The runner is busy."""


publish(__name__)
