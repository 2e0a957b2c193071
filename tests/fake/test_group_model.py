"""Random changes of runner groups: client, fake GitHub and a simple model agree after each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

import ghrunners
from fake.group_model import INHERITED, Group, Model
from fake.scopes import GROUP_KINDS, group_owner_of, scope_of
from fake.sequences import SEQUENCES
from ghrunners.fake import FakeGitHub

STEPS = 30

KINDS = st.sampled_from(GROUP_KINDS)
NAMES = st.sampled_from(["Default", "gpu", "GPU", "arm", "fleet"])
# A position in a list of groups, runners or users, which goes on from its beginning.
POSITIONS = st.integers(0, 11)
SETS = st.sets(POSITIONS, max_size=3)
# The id of nothing.
NOTHING = 999_999


class GroupsMachine(RuleBasedStateMachine):
    """Changes of the groups of an enterprise and of one of its organizations."""

    @initialize()
    def begin(self) -> None:
        """Begin with two organizations, and with three repositories, one of them public."""
        self.github = FakeGitHub()
        self.client = self.github.client()
        enterprise, org = self.github.enterprise(), self.github.org()
        enterprise.add_organization("other-org")
        org.add_repository("second")
        org.add_repository("site", private=False)
        self.model = Model(
            org.id,
            [it.id for it in enterprise.organizations.values()],
            {it.id: it.private for it in org.repositories.values()},
        )
        self.runners: dict[str, list[int]] = {kind: [] for kind in GROUP_KINDS}

    def groups(self, kind: str) -> Any:
        """Return the client's methods for the groups of an owner."""
        return scope_of(self.client, kind).runner_groups

    def group_id(self, kind: str, position: int) -> int:
        """Return a group of an owner, one that it inherits, or one that it does not have."""
        inherited = self.model.inherited() if kind == "org" else ()
        return _at([*self.model.owners[kind].groups, *inherited, NOTHING], position)

    def runner_id(self, kind: str, position: int) -> int:
        """Return a runner that was registered with an owner, or one that never was."""
        return _at([*self.runners[kind], NOTHING], position)

    def user_id(self, kind: str, position: int) -> int:
        """Return who can use groups of an owner, or an organization, which may not."""
        users = sorted(self.model.owners[kind].possible_users)
        return _at([*users, self.github.org().id, NOTHING], position)

    def agree(self, refusals: set[int], call: Callable[[], Any]) -> Any:
        """Return what a call returns; it is refused if the model has a refusal."""
        if not refusals:
            return call()
        with pytest.raises(ghrunners.StatusError) as caught:
            call()
        assert caught.value.status in refusals
        return None

    # ── Groups ───────────────────────────────────────────────────────────────────────────────

    @rule(
        kind=KINDS,
        name=NAMES,
        visibility=st.sampled_from(["all", "selected", "private"]),
        public=st.booleans(),
        user_positions=SETS,
        runner_positions=SETS,
    )
    def create(
        self,
        kind: str,
        name: str,
        visibility: str,
        public: bool,
        user_positions: set[int],
        runner_positions: set[int],
    ) -> None:
        visibility = "all" if (kind, visibility) == ("enterprise", "private") else visibility
        users = {self.user_id(kind, one) for one in user_positions}
        runners = {self.runner_id(kind, one) for one in runner_positions}
        field = f"selected_{'organization' if kind == 'enterprise' else 'repository'}_ids"
        made = self.agree(
            self.model.create(kind, name, users, runners),
            lambda: self.groups(kind).create(
                name=name,
                visibility=visibility,
                allows_public_repositories=public,
                runners=sorted(runners),
                **{field: sorted(users)},
            ),
        )
        if made is not None:
            self.model.created(kind, made.id, Group(name, visibility, public, users), runners)

    @rule(
        kind=KINDS,
        group=POSITIONS,
        name=NAMES,
        changes=st.fixed_dictionaries(
            {},
            optional={"visibility": st.sampled_from(["all", "selected"]), "public": st.booleans()},
        ),
    )
    def update(self, kind: str, group: int, name: str, changes: dict[str, Any]) -> None:
        group_id = self.group_id(kind, group)
        refusals = self.model.update(kind, group_id, {"name": name, **changes})
        sent = dict(changes)
        if "public" in sent:
            sent["allows_public_repositories"] = sent.pop("public")
        self.agree(refusals, lambda: self.groups(kind).update(group_id, name=name, **sent))

    @rule(kind=KINDS, group=POSITIONS)
    def delete(self, kind: str, group: int) -> None:
        group_id = self.group_id(kind, group)
        refusals = self.model.delete(kind, group_id)
        self.agree(refusals, lambda: self.groups(kind).delete(group_id))

    # ── Runners ──────────────────────────────────────────────────────────────────────────────

    @rule(kind=KINDS, group=POSITIONS)
    def register(self, kind: str, group: int) -> None:
        if len(self.runners[kind]) == 6:
            return
        owner = group_owner_of(self.github, kind)
        name = f"r{len(self.runners[kind])}"
        group_id = _at([*self.model.owners[kind].groups], group)
        runner = owner.add_runner(name, group=owner.groups[group_id])
        self.runners[kind].append(runner.id)
        self.model.owners[kind].groups[group_id].runners.add(runner.id)

    @rule(kind=KINDS, position=POSITIONS)
    def unregister(self, kind: str, position: int) -> None:
        runner = self.runner_id(kind, position)
        known = runner in self.model.owners[kind].runners
        runners = scope_of(self.client, kind).runners
        self.agree(set() if known else {404}, lambda: runners.delete(runner))
        for group in self.model.owners[kind].groups.values():
            group.runners.discard(runner)

    @rule(kind=KINDS, group=POSITIONS, position=POSITIONS)
    def add_runner(self, kind: str, group: int, position: int) -> None:
        group_id = self.group_id(kind, group)
        runner = self.runner_id(kind, position)
        refusals = self.model.add_runner(kind, group_id, runner)
        self.agree(refusals, lambda: self.groups(kind).add_runner(group_id, runner))

    @rule(kind=KINDS, group=POSITIONS, position=POSITIONS)
    def remove_runner(self, kind: str, group: int, position: int) -> None:
        group_id = self.group_id(kind, group)
        runner = self.runner_id(kind, position)
        refusals = self.model.remove_runner(kind, group_id, runner)
        self.agree(refusals, lambda: self.groups(kind).remove_runner(group_id, runner))

    @rule(kind=KINDS, group=POSITIONS, positions=SETS)
    def set_runners(self, kind: str, group: int, positions: set[int]) -> None:
        group_id = self.group_id(kind, group)
        runners = {self.runner_id(kind, one) for one in positions}
        refusals = self.model.set_runners(kind, group_id, runners)
        self.agree(
            refusals, lambda: self.groups(kind).set_runners(group_id, runners=sorted(runners))
        )

    # ── Access ───────────────────────────────────────────────────────────────────────────────

    @rule(kind=KINDS, group=POSITIONS, position=POSITIONS, added=st.booleans())
    def change_user(self, kind: str, group: int, position: int, added: bool) -> None:
        group_id = self.group_id(kind, group)
        groups, user = self.groups(kind), self.user_id(kind, position)
        calls = (
            (groups.remove_organization, groups.add_organization)
            if kind == "enterprise"
            else (groups.remove_repository, groups.add_repository)
        )
        refusals = self.model.change_user(kind, group_id, user, added=added)
        self.agree(refusals, lambda: calls[added](group_id, user))

    @rule(kind=KINDS, group=POSITIONS, positions=SETS)
    def set_users(self, kind: str, group: int, positions: set[int]) -> None:
        group_id = self.group_id(kind, group)
        groups, users = self.groups(kind), {self.user_id(kind, one) for one in positions}
        refusals = self.model.set_users(kind, group_id, users)
        if kind == "enterprise":
            self.agree(
                refusals,
                lambda: groups.set_organizations(group_id, selected_organization_ids=sorted(users)),
            )
        else:
            self.agree(
                refusals,
                lambda: groups.set_repositories(group_id, selected_repository_ids=sorted(users)),
            )

    # ── What must hold after each change ─────────────────────────────────────────────────────

    @invariant()
    def groups_are_as_in_the_model(self) -> None:
        for kind in GROUP_KINDS:
            listed = {
                it.id: (it.name, it.visibility, it.allows_public_repositories, it.default)
                for it in self.groups(kind).list()
            }
            expected = {
                group_id: (it.name, it.visibility, it.public, group_id == 1)
                for group_id, it in self.model.owners[kind].groups.items()
            }
            if kind == "org":
                expected |= {
                    group_id: (it.name, "all", it.public, group_id == INHERITED + 1)
                    for group_id, it in self.model.inherited().items()
                }
            assert listed == expected

    @invariant()
    def each_runner_is_in_one_group(self) -> None:
        for kind in GROUP_KINDS:
            runners = scope_of(self.client, kind).runners.list()
            found = {it.id: it.runner_group_id for it in runners}
            groups = self.model.owners[kind].groups.items()
            assert found == {one: group_id for group_id, it in groups for one in it.runners}

    @invariant()
    def repositories_see_what_they_may_use(self) -> None:
        for repository in self.github.org().repositories.values():
            listed = self.groups("org").list(visible_to_repository=repository.name)
            assert {it.id for it in listed} == self.model.groups_for(repository.id)

    @rule(kind=KINDS, group=POSITIONS)
    def members(self, kind: str, group: int) -> None:
        group_id = self.group_id(kind, group)
        inherited: Mapping[int, Group] = self.model.inherited() if kind == "org" else {}
        known = self.model.owners[kind].groups.get(group_id) or inherited.get(group_id)
        refusals = {404} if known is None else set[int]()
        groups = self.groups(kind)
        users = groups.list_organizations if kind == "enterprise" else groups.list_repositories
        runners = self.agree(refusals, lambda: list(groups.list_runners(group_id)))
        listed = self.agree(refusals, lambda: list(users(group_id)))
        if known is not None:
            assert {it.id: it.runner_group_id for it in runners} == dict.fromkeys(
                known.runners, group_id
            )
            assert {it.id for it in listed} == (set() if group_id in inherited else known.users)

    def teardown(self) -> None:
        for kind in GROUP_KINDS:
            for position in range(len(self.model.owners[kind].groups)):
                self.members(kind, position)


def _at(listed: Sequence[int], position: int) -> int:
    return listed[position % len(listed)]


TestGroupsMachine = GroupsMachine.TestCase
TestGroupsMachine.settings = settings(max_examples=SEQUENCES, stateful_step_count=STEPS)
