"""Random changes of runner groups: client, fake GitHub and a simple model agree after each."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

import ghrunners
from fake.group_model import INHERITED, Group, Model
from fake.scopes import GROUP_KINDS, group_owner_of, scope_of
from fake.sequences import SEQUENCES, mostly, some
from ghrunners.fake import FakeGitHub

STEPS = 12

KINDS = st.sampled_from(GROUP_KINDS)
# The first groups have the first two names, in the enterprise and in the organization.
NAMES = {
    "enterprise": ["gpu", "arm", "fleet", "nights", "GPU", "Default", "linux"],
    "org": ["linux", "mac", "web", "docs", "Linux", "default", "gpu"],
}
MOST_RUNNERS = 6
# The id of nothing.
NOTHING = 999_999


class GroupsMachine(RuleBasedStateMachine):
    """Changes of the groups of an enterprise and of one of its organizations."""

    @initialize()
    def begin(self) -> None:
        """Begin with two organizations, three repositories, and two groups with runners for each.

        One of the repositories is public, and one group of each owner is for a selected user.
        """
        self.github = FakeGitHub()
        self.client = self.github.client()
        enterprise, org = self.github.enterprise(), self.github.org()
        other = enterprise.add_organization("other-org")
        second = org.add_repository("second")
        org.add_repository("site", private=False)
        self.model = Model(
            org.id,
            [it.id for it in enterprise.organizations.values()],
            {it.id: it.private for it in org.repositories.values()},
        )
        self.runners: dict[str, list[int]] = {kind: [] for kind in GROUP_KINDS}
        self.begin_groups("enterprise", other)
        self.begin_groups("org", second)

    def begin_groups(self, kind: str, user: Any) -> None:
        """Add a group with two runners, and one for a user with one runner."""
        owner, model = group_owner_of(self.github, kind), self.model.owners[kind]
        all_name, selected_name = NAMES[kind][:2]
        model.groups[owner.add_group(all_name).id] = Group(all_name)
        group = owner.add_group(selected_name, visibility="selected", selected=[user])
        model.groups[group.id] = Group(selected_name, "selected", users={user.id})
        for group_id in (1, 2, 2, 3):
            self.add(kind, group_id)

    def add(self, kind: str, group_id: int) -> None:
        """Add a runner to a group."""
        owner, name = group_owner_of(self.github, kind), f"r{len(self.runners[kind])}"
        runner = owner.add_runner(name, group=owner.groups[group_id])
        self.runners[kind].append(runner.id)
        self.model.owners[kind].groups[group_id].runners.add(runner.id)

    def groups(self, kind: str) -> Any:
        """Return the client's methods for the groups of an owner."""
        return scope_of(self.client, kind).runner_groups

    def group_id(self, data: st.DataObject, kind: str) -> int:
        """Return a group of an owner, rarely one that it inherits or does not have."""
        inherited: Iterable[int] = self.model.inherited() if kind == "org" else ()
        return mostly(data, self.model.owners[kind].groups, [*inherited, NOTHING])

    def own_group_id(self, data: st.DataObject, kind: str) -> int:
        """Return a group that can be deleted, rarely another one."""
        return mostly(
            data, [one for one in self.model.owners[kind].groups if one != 1], [1, NOTHING]
        )

    def no_runners(self, kind: str) -> list[int]:
        """Return ids of no runner of an owner: of one that was, if any, and of one that never was."""
        gone = [one for one in self.runners[kind] if one not in self.model.owners[kind].runners]
        return [*gone, NOTHING]

    def runner_id(self, data: st.DataObject, kind: str) -> int:
        """Return a runner of an owner, rarely one that is gone or never was."""
        return mostly(data, sorted(self.model.owners[kind].runners), self.no_runners(kind))

    def some_runners(self, data: st.DataObject, kind: str) -> set[int]:
        """Return some runners of an owner, rarely with one that is gone or never was."""
        return some(data, sorted(self.model.owners[kind].runners), self.no_runners(kind))

    def some_users(self, data: st.DataObject, kind: str) -> set[int]:
        """Return some of those who can use groups of an owner, rarely with one who cannot."""
        return some(data, self.users(kind), [self.no_user(kind), NOTHING])

    def users(self, kind: str) -> list[int]:
        """Return who can use groups of an owner."""
        return sorted(self.model.owners[kind].possible_users)

    def no_user(self, kind: str) -> int:
        """Return an owner that cannot use groups of this one."""
        other = self.github.org() if kind == "org" else self.github.enterprise()
        return other.id

    def new_name(self, data: st.DataObject, kind: str) -> str:
        """Return the name of a group, rarely one that is taken."""
        taken = {
            it.name.lower() for owner in self.model.owners.values() for it in owner.groups.values()
        }
        free = [one for one in NAMES[kind] if one.lower() not in taken]
        return mostly(data, free, [one for one in NAMES[kind] if one not in free])

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
        data=st.data(),
        kind=KINDS,
        visibility=st.sampled_from(["all", "selected", "private"]),
        public=st.booleans(),
    )
    def create(self, data: st.DataObject, kind: str, visibility: str, public: bool) -> None:
        name = self.new_name(data, kind)
        visibility = "all" if (kind, visibility) == ("enterprise", "private") else visibility
        users, runners = self.some_users(data, kind), self.some_runners(data, kind)
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
        data=st.data(),
        kind=KINDS,
        changes=st.fixed_dictionaries(
            {},
            optional={"visibility": st.sampled_from(["all", "selected"]), "public": st.booleans()},
        ),
    )
    def update(self, data: st.DataObject, kind: str, changes: dict[str, Any]) -> None:
        group_id, name = self.group_id(data, kind), self.new_name(data, kind)
        refusals = self.model.update(kind, group_id, {"name": name, **changes})
        sent = dict(changes)
        if "public" in sent:
            sent["allows_public_repositories"] = sent.pop("public")
        self.agree(refusals, lambda: self.groups(kind).update(group_id, name=name, **sent))

    @rule(data=st.data(), kind=KINDS)
    def delete(self, data: st.DataObject, kind: str) -> None:
        self.delete_group(kind, self.group_id(data, kind))

    @rule(data=st.data(), kind=KINDS)
    def delete_group_with_a_runner(self, data: st.DataObject, kind: str) -> None:
        """Delete a group that has runners, at least one that moves there before."""
        group_id, runner = self.own_group_id(data, kind), self.runner_id(data, kind)
        refusals = self.model.add_runner(kind, group_id, runner)
        self.agree(refusals, lambda: self.groups(kind).add_runner(group_id, runner))
        self.delete_group(kind, group_id)

    def delete_group(self, kind: str, group_id: int) -> None:
        refusals = self.model.delete(kind, group_id)
        self.agree(refusals, lambda: self.groups(kind).delete(group_id))

    # ── Runners ──────────────────────────────────────────────────────────────────────────────

    @precondition(lambda self: any(len(it) < MOST_RUNNERS for it in self.runners.values()))
    @rule(data=st.data())
    def register(self, data: st.DataObject) -> None:
        few = [kind for kind in GROUP_KINDS if len(self.runners[kind]) < MOST_RUNNERS]
        kind = data.draw(st.sampled_from(few))
        self.add(kind, data.draw(st.sampled_from(list(self.model.owners[kind].groups))))

    @rule(data=st.data(), kind=KINDS)
    def unregister(self, data: st.DataObject, kind: str) -> None:
        runner = self.runner_id(data, kind)
        known = runner in self.model.owners[kind].runners
        runners = scope_of(self.client, kind).runners
        self.agree(set() if known else {404}, lambda: runners.delete(runner))
        for group in self.model.owners[kind].groups.values():
            group.runners.discard(runner)

    @rule(data=st.data(), kind=KINDS)
    def add_runner(self, data: st.DataObject, kind: str) -> None:
        group_id, runner = self.group_id(data, kind), self.runner_id(data, kind)
        refusals = self.model.add_runner(kind, group_id, runner)
        self.agree(refusals, lambda: self.groups(kind).add_runner(group_id, runner))

    @rule(data=st.data(), kind=KINDS)
    def remove_runner(self, data: st.DataObject, kind: str) -> None:
        group_id = self.group_id(data, kind)
        group = self.model.owners[kind].groups.get(group_id)
        others = [*sorted(self.model.owners[kind].runners), *self.no_runners(kind)]
        runner = mostly(data, sorted(group.runners) if group else (), others)
        refusals = self.model.remove_runner(kind, group_id, runner)
        self.agree(refusals, lambda: self.groups(kind).remove_runner(group_id, runner))

    @rule(data=st.data(), kind=KINDS)
    def set_runners(self, data: st.DataObject, kind: str) -> None:
        self.set_group(kind, self.group_id(data, kind), self.some_runners(data, kind))

    @rule(data=st.data(), kind=KINDS)
    def replace_runners(self, data: st.DataObject, kind: str) -> None:
        """Set the runners of a group twice, so that some leave it."""
        group_id = self.own_group_id(data, kind)
        self.set_group(kind, group_id, self.model.owners[kind].runners)
        self.set_group(kind, group_id, self.some_runners(data, kind))

    def set_group(self, kind: str, group_id: int, runners: set[int]) -> None:
        refusals = self.model.set_runners(kind, group_id, runners)
        self.agree(
            refusals, lambda: self.groups(kind).set_runners(group_id, runners=sorted(runners))
        )

    # ── Access ───────────────────────────────────────────────────────────────────────────────

    @rule(data=st.data(), kind=KINDS, added=st.booleans())
    def change_user(self, data: st.DataObject, kind: str, added: bool) -> None:
        own = self.model.owners[kind].groups
        selected = [key for key, it in own.items() if it.visibility == "selected"]
        group_id = mostly(data, selected, [*own, NOTHING])
        user = mostly(data, self.users(kind), [self.no_user(kind), NOTHING])
        groups = self.groups(kind)
        calls = (
            (groups.remove_organization, groups.add_organization)
            if kind == "enterprise"
            else (groups.remove_repository, groups.add_repository)
        )
        refusals = self.model.change_user(kind, group_id, user, added=added)
        self.agree(refusals, lambda: calls[added](group_id, user))

    @rule(data=st.data(), kind=KINDS)
    def set_users(self, data: st.DataObject, kind: str) -> None:
        group_id, users = self.group_id(data, kind), self.some_users(data, kind)
        groups = self.groups(kind)
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

    @invariant()
    def each_group_has_its_runners(self) -> None:
        for kind in GROUP_KINDS:
            for group_id, group in self.visible_groups(kind):
                listed = self.groups(kind).list_runners(group_id)
                found = [(it.id, it.runner_group_id) for it in listed]
                assert found == [(one, group_id) for one in sorted(group.runners)]

    def visible_groups(self, kind: str) -> Iterable[tuple[int, Group]]:
        """Return the groups of an owner and those that it inherits, with their ids there."""
        yield from self.model.owners[kind].groups.items()
        if kind == "org":
            yield from self.model.inherited().items()

    def teardown(self) -> None:
        for kind in GROUP_KINDS:
            self.check_users(kind)

    def check_users(self, kind: str) -> None:
        """Check the users of each group of an owner, which no step reads."""
        groups = self.groups(kind)
        users = groups.list_organizations if kind == "enterprise" else groups.list_repositories
        for group_id, group in self.visible_groups(kind):
            expected = set[int]() if group_id > INHERITED else group.users
            assert {it.id for it in users(group_id)} == expected
        self.agree({404}, lambda: list(groups.list_runners(NOTHING)))
        self.agree({404}, lambda: list(users(NOTHING)))


TestGroupsMachine = GroupsMachine.TestCase
TestGroupsMachine.settings = settings(max_examples=SEQUENCES, stateful_step_count=STEPS)
