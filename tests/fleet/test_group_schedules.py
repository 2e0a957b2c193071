"""Random schedules of a runner group that others change, open and delete while it is restricted.

`RUNNERSMITH_SCHEDULES` is the number of schedules; each has a seed from 0 on.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from random import Random
from typing import Any

import pytest

import ghrunners
from fake.scopes import GROUP_KINDS, group_owner_of
from fleet.flavours import call
from fleet.group_users import add_users
from fleet.test_schedules import SCHEDULES
from ghrunners.fake import FakeGitHub, RunnerGroup
from ghrunners.testing import Call, Reset, Response

DEPLOY = "octo-org/octo-repo/.github/workflows/deploy.yml@main"
_LIMITED = Response(429, json={"message": "slow down"}, headers={"retry-after": "7"})


class ContendedGitHub(FakeGitHub):
    """A fake GitHub with a group that others change between the requests.

    Args:
        kind: The kind of the group's owner.
        seed: What determines all that happens, together with the requests.
    """

    def __init__(self, kind: str, seed: int) -> None:
        super().__init__()
        self.random = Random(seed)  # noqa: S311 - reproducible, and no secret
        self.is_calm = False
        self.owner = group_owner_of(self, kind)
        self.users = add_users(self, kind, "a", "b", "c", "d")
        self.wanted = {it.id for it in self.users[:2]}
        for _ in range(3):
            self._happen()

    @property
    def group(self) -> RunnerGroup | None:
        """The group, under whatever name others have given it."""
        return next((it for it in self.owner.groups.values() if not it.default), None)

    def may_use(self) -> set[int]:
        """Return the ids of those who may use the group."""
        group = self.group
        return set() if group is None else {it.id for it in self.users if it.may_use(group)}

    def handle(self, call: Call) -> Any:
        if self.is_calm:
            return super().handle(call)
        while self.random.random() < 0.3:
            self._happen()
        fault = self.random.random()
        if fault < 0.1:
            return self.random.choice([Reset(carried_out=False), 502, 503, _LIMITED])
        before = self.may_use()
        response = super().handle(call)
        # Whatever others do: no request of ours lets anybody else in.
        assert self.may_use() <= before | self.wanted, call
        return self.random.choice([Reset(carried_out=False), 502]) if fault < 0.2 else response

    def _happen(self) -> None:
        """Let others do one thing."""
        group = self.group
        if group is None:
            some = self.random.sample(self.users, 2)
            visibility: Any = self.random.choice(["all", "selected"])
            self.owner.add_group("Production", visibility=visibility, selected=some)
            return
        changes: list[Callable[[], Any]] = [
            lambda: setattr(group, "visibility", "all"),
            lambda: setattr(group, "visibility", "selected"),
            lambda: setattr(group, "selected", [it.id for it in self.random.sample(self.users, 2)]),
            lambda: setattr(group, "restricted_to_workflows", False),
            group.delete,
        ]
        self.random.choice(changes)()


@pytest.mark.parametrize("flavour", ["sync", "async"])
@pytest.mark.parametrize("kind", GROUP_KINDS)
def test_nobody_else_is_let_in(kind: str, flavour: str) -> None:
    """By no request in the storm; and the call in the calm after it ends the work."""
    for seed in range(SCHEDULES):
        github = ContendedGitHub(kind, seed)
        random.seed(seed)  # the jitter of retries

        def restrict(fleet: Any) -> Any:
            return fleet.restrict_group("production", to=["a", "b"], workflows=[DEPLOY])

        try:
            with suppress(ghrunners.ClientError):
                report = call(github, flavour, restrict, kind)
                assert report.group.visibility == "selected"
            github.is_calm = True
            github.clock.advance(600)
            call(github, flavour, restrict, kind)
            assert github.group is not None
            assert (github.may_use(), github.group.selected_workflows) == (github.wanted, [DEPLOY])
            assert github.group.restricted_to_workflows
            assert len(github.owner.groups) == 2
        except BaseException as error:
            error.add_note(f"seed {seed}")
            raise
