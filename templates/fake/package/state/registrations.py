"""Registrations of runners: tokens, JIT configurations, and the limits of both. Pure."""

from __future__ import annotations

from base64 import b32encode
from collections import deque
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Literal

import msgspec

from ..._runtime.lazy import LazyModule
from ..checks.checked import Checked
from .base_owner import Owner
from .groups import RunnerGroup
from .jit_config import encoded_config
from .labels import Architecture, Os, check_registrable
from .machine_errors import (
    ConfigRejected,
    GroupFull,
    JobRunning,
    NameTaken,
    RunnersDisabled,
    TokenRejected,
    TooManyRegistrations,
    UnknownRunner,
)
from .runners import Runner

if TYPE_CHECKING:
    from . import world as worlds
else:
    worlds = LazyModule(".world", __package__)

Purpose = Literal["registration", "removal"]

TOKEN_LIFE = timedelta(hours=1)
# Source of these limits: https://docs.github.com/actions/reference/limits
REGISTRATIONS = 1_500
"""The most registrations with an owner within `PERIOD` seconds."""
PERIOD = 300.0


class Token(msgspec.Struct, frozen=True):
    """A token with which a machine registers or removes its runner."""

    text: str
    owner: Owner
    purpose: Purpose
    expires_at: datetime


class Registration(msgspec.Struct, frozen=True, kw_only=True):
    """A request to register a runner. See `Runner`. `replace` allows replacing a namesake."""

    name: str
    labels: Sequence[str] = ()
    group: RunnerGroup | None
    ephemeral: bool = False
    jit: bool = False
    replace: bool = False
    os: Os | None = None
    architecture: Architecture = "X64"


class Registrations(Checked):
    """The tokens, JIT configurations and recent registrations of all owners."""

    def __init__(self, world: worlds.World) -> None:
        self._world = world
        self._tokens: dict[str, Token] = {}
        self._configs: dict[str, Runner] = {}
        self._recent: dict[int, deque[float]] = {}

    # ── Tokens ───────────────────────────────────────────────────────────────────────────────

    def new_token(self, owner: Owner, purpose: Purpose) -> Token:
        """Return a new token of an owner, which is valid for an hour."""
        digest = sha256(f"{purpose} {owner.id} {len(self._tokens)}".encode()).digest()
        text = f"A{b32encode(digest).decode('ascii')[:28]}"
        token = Token(text, owner, purpose, self._world.time + TOKEN_LIFE)
        self._tokens[text] = token
        return token

    def owner_of(self, text: str, purpose: Purpose) -> Owner:
        """Return the owner of a token. Raises TokenRejected if it is not valid for the purpose."""
        token = self._tokens.get(text)
        if token is None:
            raise TokenRejected(f"no such {purpose} token")
        if token.purpose != purpose:
            raise TokenRejected(f"a {token.purpose} token is not a {purpose} token")
        if token.expires_at <= self._world.time:
            raise TokenRejected(f"the {purpose} token expired at {token.expires_at.isoformat()}")
        return token.owner

    # ── Runners ──────────────────────────────────────────────────────────────────────────────

    def add(self, owner: Owner, asked: Registration) -> Runner:
        """Register a runner. It is offline.

        Raises MachineError if a policy or a limit forbids it, or if the name is taken.
        """
        if not owner.self_hosted_allowed:
            raise RunnersDisabled(f"self-hosted runners are disabled for {owner.full_name}")
        check_registrable(asked.name, asked.labels)
        former = owner.find_runner(asked.name)
        if former is not None:
            _check_replaceable(former, asked)
        else:
            self._check_room(owner, asked.group)
        self._count(owner)
        runner = Runner(
            self._world.new_id() if former is None else former.id,
            asked.name,
            owner,
            group=asked.group if former is None else former.group,
            labels=asked.labels,
            ephemeral=asked.ephemeral,
            jit=asked.jit,
            os=asked.os,
            architecture=asked.architecture,
        )
        owner.hold(runner)
        return runner

    def remove(self, owner: Owner, name: str) -> None:
        """Remove a runner on the request of its machine.

        Raises UnknownRunner if there is none of that name, and JobRunning if it is busy.
        """
        runner = owner.find_runner(name)
        if runner is None:
            raise UnknownRunner(f"{owner.full_name} has no runner {name!r}")
        if runner.busy:
            raise JobRunning(f"runner {name!r} is still running a job")
        runner.remove()

    def _check_room(self, owner: Owner, group: RunnerGroup | None) -> None:
        capacity = RunnerGroup.capacity if group is None else group.capacity
        if len(owner.runners) < capacity:
            return
        number, held = (1, owner.runners) if group is None else (group.id, group.runners)
        if len(held) >= capacity:
            raise GroupFull(f"Runner group {number} has reached max limit of {capacity} runners")

    def _count(self, owner: Owner) -> None:
        now = self._world.timers.now
        recent = self._recent.setdefault(owner.id, deque())
        while recent and recent[0] <= now - PERIOD:
            recent.popleft()
        if len(recent) >= REGISTRATIONS:
            raise TooManyRegistrations(
                f"{owner.full_name} has had {REGISTRATIONS:,} registrations in five minutes"
            )
        recent.append(now)

    # ── JIT configurations ───────────────────────────────────────────────────────────────────

    def new_config(self, runner: Runner, work_folder: str) -> str:
        """Return the JIT configuration of a new runner."""
        config = encoded_config(runner, work_folder)
        self._configs[config] = runner
        return config

    def runner_of(self, config: str) -> Runner:
        """Return the runner that a JIT configuration starts.

        Raises ConfigRejected if it is unknown or was used.
        """
        runner = self._configs.get(config)
        if runner is None:
            raise ConfigRejected("GitHub has made no such JIT configuration")
        if runner.version is not None:
            raise ConfigRejected(f"the JIT configuration of {runner.name!r} was used before")
        return runner


def _check_replaceable(former: Runner, asked: Registration) -> None:
    if not asked.replace:
        raise NameTaken(f"A runner exists with the same name {asked.name}")
    if former.busy:
        raise JobRunning(f"runner {asked.name!r} is still running a job and cannot be replaced")
