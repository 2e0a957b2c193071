"""Runner groups of a fake GitHub: what they begin with, change and refuse, and their inheritance."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import ghrunners
from fake.scopes import GROUP_KINDS, group_owner_of, scope_of
from ghrunners.fake import FakeGitHub, Organization
from ghrunners.models import EnterpriseRunnerGroup, RunnerGroup

WORKFLOW = "octo-org/octo-repo/.github/workflows/deploy.yml@main"


def groups_of(github: FakeGitHub, kind: str, **options: Any) -> Any:
    """Return the client's methods for the groups of that owner."""
    return scope_of(github.client(**options), kind).runner_groups


@pytest.mark.parametrize("kind", GROUP_KINDS)
def test_a_new_group_has_the_documented_defaults(github: FakeGitHub, kind: str) -> None:
    """A group that has a name only is visible to all, but not to public repositories."""
    made = groups_of(github, kind).create(name="gpu")
    path = group_owner_of(github, kind).path
    assert (made.name, made.visibility, made.default) == ("gpu", "all", False)
    assert made.allows_public_repositories is False
    assert made.restricted_to_workflows is False
    assert made.selected_workflows == []
    assert made.workflow_restrictions_read_only is False
    assert made.network_configuration_id is None
    users = "organizations" if kind == "enterprise" else "repositories"
    assert getattr(made, f"selected_{users}_url") is None
    url = f"https://api.github.com{path}/actions/runner-groups/{made.id}"
    assert (made.runners_url, made.hosted_runners_url) == (
        f"{url}/runners",
        f"{url}/hosted-runners",
    )
    assert groups_of(github, kind).get(made.id) == made


@pytest.mark.parametrize("kind", GROUP_KINDS)
def test_a_group_is_created_as_asked(github: FakeGitHub, kind: str) -> None:
    """A group can begin with its users, runners, workflows and network, which its owner then has."""
    owner = group_owner_of(github, kind)
    users = "organizations" if kind == "enterprise" else "repositories"
    user = github.org() if kind == "enterprise" else github.repo()
    runner = owner.add_runner("r")
    given: dict[str, Any] = {
        f"selected_{'organization' if kind == 'enterprise' else 'repository'}_ids": [user.id] * 2
    }
    made = groups_of(github, kind).create(
        name="gpu",
        visibility="selected",
        runners=[runner.id],
        allows_public_repositories=True,
        restricted_to_workflows=True,
        selected_workflows=[WORKFLOW],
        network_configuration_id="NET",
        **given,
    )
    assert getattr(made, f"selected_{users}_url") == f"{made.runners_url[:-7]}{users}"
    assert made.allows_public_repositories
    assert made.restricted_to_workflows
    assert (made.selected_workflows, made.network_configuration_id) == ([WORKFLOW], "NET")
    group = owner.groups[made.id]
    assert (group.selected, group.runners, runner.group) == ([user.id], [runner], group)


@pytest.mark.parametrize("kind", GROUP_KINDS)
def test_an_enterprise_server_lacks_fields_of_hosted_runners(kind: str) -> None:
    """Groups on an Enterprise Server have no URL of hosted runners and no network."""
    github = FakeGitHub(product="ghes", version="3.19")
    group_owner_of(github, kind).add_group("gpu", network_configuration_id="NET")
    for made in groups_of(github, kind).list():
        assert made.runners_url.startswith("https://ghes.example/api/v3/")
        assert made.hosted_runners_url is None
        assert made.network_configuration_id is None


@pytest.mark.parametrize("kind", GROUP_KINDS)
def test_an_update_changes_what_it_has(github: FakeGitHub, kind: str) -> None:
    """An update leaves the fields alone that it does not have, and null takes a network away."""
    owner = group_owner_of(github, kind)
    group = owner.add_group("gpu", selected_workflows=[WORKFLOW], network_configuration_id="NET")
    groups = groups_of(github, kind)
    changed = groups.update(group.id, name="gpu", visibility="selected")
    assert (changed.visibility, changed.restricted_to_workflows) == ("selected", True)
    assert (changed.selected_workflows, changed.network_configuration_id) == ([WORKFLOW], "NET")
    changed = groups.update(
        group.id,
        name="GPU",
        allows_public_repositories=True,
        restricted_to_workflows=False,
        selected_workflows=[],
        network_configuration_id=None,
    )
    assert (changed.name, changed.visibility) == ("GPU", "selected")
    assert changed.allows_public_repositories
    assert not changed.restricted_to_workflows
    assert (group.selected_workflows, group.network_configuration_id) == ([], None)
    assert groups.get(group.id) == changed


def test_an_enterprise_updates_without_a_name(github: FakeGitHub) -> None:
    """An enterprise's group can change without a name in the request."""
    group = github.enterprise().add_group("gpu")
    changed = (
        github.client()
        .enterprise("octo-corp")
        .runner_groups.update(group.id, allows_public_repositories=True)
    )
    assert (changed.name, group.allows_public_repositories) == ("gpu", True)


@pytest.mark.parametrize("kind", GROUP_KINDS)
def test_a_taken_name_is_refused(github: FakeGitHub, kind: str) -> None:
    """Two groups of an owner do not have the same name, whatever its case."""
    owner, groups = group_owner_of(github, kind), groups_of(github, kind)
    group = owner.add_group("gpu")
    for name in ("gpu", "GPU", "default"):
        with pytest.raises(ghrunners.Conflict, match=f"with the name {name} already exists"):
            groups.create(name=name)
        with pytest.raises(ValueError, match="has a runner group"):
            owner.add_group(name)
    with pytest.raises(ghrunners.Conflict):
        groups.update(group.id, name="Default")
    assert [it.name for it in owner.groups.values()] == ["Default", "gpu"]


def test_an_enterprise_takes_names_from_its_organizations(github: FakeGitHub) -> None:
    """An organization's group has no name of its enterprise's groups; the reverse is allowed."""
    enterprise, org = github.enterprise(), github.org()
    enterprise.add_group("fleet", visibility="selected")
    groups = github.client().org("octo-org").runner_groups
    own = groups.create(name="gpu")
    with pytest.raises(ghrunners.Conflict):
        groups.create(name="Fleet")
    with pytest.raises(ghrunners.Conflict):
        groups.update(own.id, name="fleet")
    github.client().enterprise("octo-corp").runner_groups.create(name="gpu")
    assert groups.update(own.id, name="gpu").name == "gpu"
    other = github.world.add_organization("lonely")
    assert other.add_group("fleet").name == "fleet"
    assert [it.name for it in org.groups.values()] == ["Default", "gpu"]


@pytest.mark.parametrize("kind", GROUP_KINDS)
def test_the_default_group_stays(github: FakeGitHub, kind: str) -> None:
    """The default group cannot be deleted; it can be renamed and limited."""
    owner, groups = group_owner_of(github, kind), groups_of(github, kind)
    default = owner.default_group()
    with pytest.raises(ghrunners.ValidationFailed, match="cannot be deleted"):
        groups.delete(default.id)
    with pytest.raises(ValueError, match="stays"):
        default.delete()
    changed = groups.update(default.id, name="Everything", visibility="selected")
    assert (changed.default, changed.name, changed.visibility) == (True, "Everything", "selected")
    assert owner.add_runner("r").group is default


@pytest.mark.parametrize("kind", GROUP_KINDS)
def test_runners_of_a_deleted_group_return_to_the_default(github: FakeGitHub, kind: str) -> None:
    """A deleted group is gone, and its runners are in the default group."""
    owner, groups = group_owner_of(github, kind), groups_of(github, kind)
    group = owner.add_group("gpu")
    runner = owner.add_runner("r", group=group)
    groups.delete(group.id)
    assert runner.group is owner.default_group()
    for call in (groups.get, groups.delete):
        with pytest.raises(ghrunners.NotFound):
            call(group.id)
    with pytest.raises(ghrunners.NotFound):
        list(groups.list_runners(group.id))
    with pytest.raises(ValueError, match="has no runner group"):
        runner.move_to(group)
    assert groups.create(name="gpu").id != group.id


@pytest.mark.parametrize("kind", GROUP_KINDS)
@pytest.mark.parametrize(
    "wrong",
    [
        {"runners": [999]},
        {"selected_workflows": ["deploy.yml"]},
        {"name": " "},
        {"selected_repository_ids": [999]},
    ],
    ids=lambda it: next(iter(it)),
)
def test_an_impossible_group_is_not_created(
    github: FakeGitHub, kind: str, wrong: dict[str, Any]
) -> None:
    """A group with a wrong value is refused, with the field, and nothing is changed."""
    owner = group_owner_of(github, kind)
    runner = owner.add_runner("r")
    if kind == "enterprise":
        wrong = {name.replace("repository", "organization"): it for name, it in wrong.items()}
    with pytest.raises(ghrunners.ValidationFailed) as caught:
        groups_of(github, kind).create(**{"name": "gpu", "runners": [runner.id], **wrong})
    assert [it.field for it in caught.value.errors] == list(wrong)
    assert len(owner.groups) == 1
    assert runner.group is owner.default_group()


def test_an_organization_inherits_what_it_may_use(github: FakeGitHub) -> None:
    """Lists of an organization have the enterprise's groups that it may use, with ids of their own."""
    enterprise, org = github.enterprise(), github.org()
    enterprise.add_organization("other-org")
    enterprise.add_group("mine", visibility="selected", selected=[org])
    enterprise.add_group("theirs", visibility="selected", selected=[github.org("other-org")])
    everyone = enterprise.add_group("everyone", allows_public_repositories=True)
    org.add_group("own")
    groups = github.client().org("octo-org").runner_groups
    listed = {it.name: it for it in groups.list() if not it.default}
    assert [(it.name, it.inherited) for it in listed.values()] == [
        ("own", False),
        ("mine", True),
        ("everyone", True),
    ]
    found = groups.get(listed["everyone"].id)
    assert found == listed["everyone"]
    assert found.id == everyone.id_in(org) != everyone.id
    assert (found.visibility, found.inherited_allows_public_repositories) == ("all", True)
    assert found.allows_public_repositories
    assert found.workflow_restrictions_read_only
    assert (listed["mine"].visibility, listed["mine"].selected_repositories_url) == ("all", None)
    assert listed["own"].inherited_allows_public_repositories is None
    theirs = next(it for it in enterprise.groups.values() if it.name == "theirs")
    with pytest.raises(ghrunners.NotFound):
        groups.get(theirs.id_in(org))


def test_inherited_groups_are_read_only(github: FakeGitHub) -> None:
    """An organization reads an inherited group with all its runners, and changes nothing of it."""
    enterprise, org = github.enterprise(), github.org()
    group = enterprise.add_group("fleet", visibility="selected", selected=[org])
    theirs, own = enterprise.add_runner("e", group=group), org.add_runner("o")
    large = enterprise.add_hosted_runner("large", group=group)
    org.add_hosted_runner("other")
    groups = github.client().org("octo-org").runner_groups
    group_id = group.id_in(org)
    assert [(it.id, it.runner_group_id) for it in groups.list_runners(group_id)] == [
        (theirs.id, group_id)
    ]
    assert [(it.id, it.runner_group_id) for it in groups.list_hosted_runners(group_id)] == [
        (large.id, group_id)
    ]
    assert list(groups.list_repositories(group_id)) == []
    for change in (
        lambda: groups.update(group_id, name="x"),
        lambda: groups.delete(group_id),
        lambda: groups.set_runners(group_id, runners=[own.id]),
        lambda: groups.add_runner(group_id, own.id),
        lambda: groups.remove_runner(group_id, theirs.id),
        lambda: groups.set_repositories(group_id, selected_repository_ids=[github.repo().id]),
        lambda: groups.add_repository(group_id, github.repo().id),
        lambda: groups.remove_repository(group_id, github.repo().id),
    ):
        with pytest.raises(ghrunners.Forbidden, match="read-only"):
            change()
    assert (group.name, group.runners, group.selected) == ("fleet", [theirs], [org.id])
    assert own.group is org.default_group()


def test_lists_are_limited_to_what_a_repository_may_use(github: FakeGitHub) -> None:
    """`visible_to_repository` leaves out groups that the repository may not use."""
    org, private = github.org(), github.repo()
    org.add_repository("site", private=False)
    org.add_group("open", allows_public_repositories=True)
    org.add_group("private", visibility="private", allows_public_repositories=True)
    org.add_group("closed", visibility="selected", allows_public_repositories=True)
    org.add_group("chosen", visibility="selected", selected=[private])
    github.enterprise().add_group("fleet", allows_public_repositories=True)
    elsewhere = github.enterprise().add_group("elsewhere", visibility="selected")
    assert not private.may_use(elsewhere)
    groups = github.client().org("octo-org").runner_groups
    assert [it.name for it in groups.list(visible_to_repository="OCTO-repo")] == [
        *("Default", "open", "private", "chosen", "Default", "fleet")
    ]
    assert [it.name for it in groups.list(visible_to_repository="site")] == ["open", "fleet"]
    with pytest.raises(ghrunners.NotFound):
        list(groups.list(visible_to_repository="nothing"))


def test_lists_are_limited_to_what_an_organization_may_use(github: FakeGitHub) -> None:
    """`visible_to_organization` leaves out groups of other organizations."""
    enterprise = github.enterprise()
    enterprise.add_group("theirs", visibility="selected")
    enterprise.add_group("ours", visibility="selected", selected=[github.org()])
    github.world.add_organization("stranger")
    groups = github.client().enterprise("octo-corp").runner_groups
    listed = groups.list(visible_to_organization="octo-org")
    assert [it.name for it in listed] == ["Default", "ours"]
    for name in ("nothing", "stranger"):
        with pytest.raises(ghrunners.NotFound):
            list(groups.list(visible_to_organization=name))


@pytest.mark.parametrize("kind", GROUP_KINDS)
def test_groups_are_listed_page_by_page(github: FakeGitHub, kind: str) -> None:
    """All pages have each group once, sync and async."""
    owner = group_owner_of(github, kind)
    if isinstance(owner, Organization):
        owner.enterprise = None
    made = [owner.default_group().id, *(owner.add_group(f"g{number}").id for number in range(7))]
    assert [it.id for it in groups_of(github, kind).list(per_page=3)] == made

    async def listed() -> list[EnterpriseRunnerGroup | RunnerGroup]:
        async with github.async_client() as client:
            scope = (
                client.enterprise("octo-corp") if kind == "enterprise" else client.org("octo-org")
            )
            return [it async for it in scope.runner_groups.list(per_page=3)]

    assert [it.id for it in asyncio.run(listed())] == made


def test_a_repository_has_no_groups(github: FakeGitHub) -> None:
    """An enterprise's group cannot be private, and a runner of a repository has no group."""
    with pytest.raises(ValueError, match="private"):
        github.enterprise().add_group("gpu", visibility="private")
    runner = github.repo().add_runner("r")
    with pytest.raises(ValueError, match="octo-org/octo-repo has no runner group"):
        runner.move_to(github.org().default_group())
