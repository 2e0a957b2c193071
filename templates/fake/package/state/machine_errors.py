"""Errors of a runner's machine, for which `config.sh` or `run.sh` fails. Pure.

MachineError (a ValueError)
├── TokenRejected          a registration or removal token that is invalid or has expired
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
    """GitHub rejects the request of a machine."""


class TokenRejected(MachineError):
    """A token is unknown, has expired, or is for something else."""


class NameTaken(MachineError):
    """The owner has another runner of that name."""


class UnknownGroup(MachineError):
    """The owner has no such runner group."""


class UnknownRunner(MachineError):
    """The owner has no such runner, or it was removed."""


class ConfigRejected(MachineError):
    """A JIT configuration is unknown, or was used before."""


class RunnersDisabled(MachineError):
    """A policy forbids self-hosted runners of this owner."""


class TooManyRegistrations(MachineError):
    """The owner has reached the limit of registrations in five minutes."""


class GroupFull(MachineError):
    """The runner group has reached its limit of runners."""


class VersionDeprecated(MachineError):
    """The version of the runner application has been retired."""


class JobRunning(MachineError):
    """The runner is busy."""


publish(__name__)
