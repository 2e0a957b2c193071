"""Hosted runners of a fake GitHub: how they are created, change with time, and go away."""

from __future__ import annotations

from typing import Any

import pytest

import ghrunners
from fake.scopes import GROUP_KINDS, owner_of, scope_of
from ghrunners.fake import Enterprise, FakeGitHub, HostedRunner, Organization
from ghrunners.models import ImageReference

pytestmark = pytest.mark.parametrize("kind", GROUP_KINDS)
UBUNTU = ImageReference(id="ubuntu-24.04", source="github")


def hosting(github: FakeGitHub, kind: str) -> Enterprise | Organization:
    """Return the enterprise or the organization that every fake begins with."""
    owner = owner_of(github, kind)
    assert isinstance(owner, Enterprise | Organization)
    return owner


def create(hosted: Any, name: str = "large", **options: Any) -> Any:
    """Create a hosted runner with a client."""
    values = {"image": UBUNTU, "size": "4-core", "runner_group_id": 1}
    return hosted.create(name=name, **{**values, **options})


def refused(hosted: Any, error: type[ghrunners.StatusError], match: str, **options: Any) -> None:
    """Check that a runner cannot be created, and cannot be changed so, and that nothing happens."""
    existing = create(hosted, "existing")
    before = list(hosted.list())
    with pytest.raises(error, match=match):
        create(hosted, **options)
    renamed = {f"image_{name}": value for name, value in _image(options).items()}
    rest = {name: value for name, value in options.items() if name != "image"}
    with pytest.raises(error, match=match):
        hosted.update(existing.id, **rest, **renamed)
    assert list(hosted.list()) == before


def _image(options: dict[str, Any]) -> dict[str, Any]:
    image = options.get("image")
    if image is None:
        return {}
    return {"id": image.id, "source": image.source, "version": image.version}


@pytest.mark.parametrize("version", ["2022-11-28", "2026-03-10"])
def test_a_new_runner_is_provisioned_and_then_ready(
    github: FakeGitHub, kind: str, version: str
) -> None:
    """A runner is `Provisioning` until the time of the world has passed, and then `Ready`."""
    owner = hosting(github, kind)
    github.world.provisions_after = 90
    hosted = scope_of(github.client(api_version=version), kind).hosted_runners
    created = create(hosted, size="8-core", maximum_runners=3, image_gen=True)
    assert (created.status, created.platform, created.last_active_on) == (
        "Provisioning",
        "linux-x64",
        None,
    )
    assert (created.maximum_runners, created.image_gen, created.runner_group_id) == (3, True, 1)
    assert (created.image.id, created.image.version) == ("ubuntu-24.04", "latest")
    size = created.machine_size_details
    assert (size.cpu_cores, size.memory_gb, size.storage_gb) == (8, 32, 300)
    github.clock.advance(89)
    assert hosted.get(created.id) == created
    github.clock.advance(1)
    assert hosted.get(created.id).status == "Ready"
    assert owner.hosted_runner("LARGE").status == "Ready"


def test_defaults_of_a_new_runner(github: FakeGitHub, kind: str) -> None:
    """A runner has as many machines as the documentation says, no addresses, and no image generation."""
    created = create(scope_of(github.client(), kind).hosted_runners)
    assert created.maximum_runners == {"enterprise": 50, "org": 10}[kind]
    assert (created.public_ip_enabled, created.public_ips, created.image_gen) == (False, [], False)


def test_a_runner_gets_stuck(github: FakeGitHub, kind: str) -> None:
    """A runner whose name the test has given ends `Stuck`, until it is provisioned again."""
    github.world.stuck.add("large")
    hosted = scope_of(github.client(), kind).hosted_runners
    created = create(hosted)
    github.clock.advance(60)
    assert hosted.get(created.id).status == "Stuck"
    github.world.stuck.clear()
    hosted.update(created.id, size="8-core")
    github.clock.advance(60)
    assert hosted.get(created.id).status == "Ready"


def test_a_deleted_runner_is_there_until_it_is_gone(github: FakeGitHub, kind: str) -> None:
    """Deleting returns the runner, which is `Deleting`, keeps its name, and is then absent."""
    owner = hosting(github, kind)
    runner = owner.add_hosted_runner("large")
    hosted = scope_of(github.client(), kind).hosted_runners
    github.world.deletes_after = 30
    assert hosted.delete(runner.id).status == "Deleting"
    github.clock.advance(20)
    assert hosted.delete(runner.id).status == "Deleting"
    assert [it.status for it in hosted.list()] == ["Deleting"]
    with pytest.raises(ghrunners.Conflict, match="being deleted"):
        hosted.update(runner.id, name="other")
    with pytest.raises(ghrunners.Conflict, match="already exists"):
        create(hosted)
    github.clock.advance(10)
    for call in (hosted.get, hosted.update, hosted.delete):
        with pytest.raises(ghrunners.NotFound):
            call(runner.id)
    assert not runner.is_registered
    assert create(hosted).id != runner.id


def test_a_deletion_ends_provisioning(github: FakeGitHub, kind: str) -> None:
    """A runner that is deleted while it is provisioned never becomes ready."""
    github.world.deletes_after = 1000
    hosted = scope_of(github.client(), kind).hosted_runners
    created = create(hosted)
    hosted.delete(created.id)
    github.clock.advance(60)
    assert hosted.get(created.id).status == "Deleting"


def test_settings_change_at_once(github: FakeGitHub, kind: str) -> None:
    """Name, group, limit and image generation change without new machines; the rest stays."""
    owner = hosting(github, kind)
    runner, group = owner.add_hosted_runner("large"), owner.add_group("team")
    hosted = scope_of(github.client(), kind).hosted_runners
    before = hosted.get(runner.id)
    updated = hosted.update(
        runner.id, name="Large", runner_group_id=group.id, maximum_runners=7, image_gen=True
    )
    assert (updated.name, updated.runner_group_id) == ("Large", group.id)
    assert (updated.maximum_runners, updated.image_gen, updated.status) == (7, True, "Ready")
    assert (updated.image, updated.machine_size_details) == (
        before.image,
        before.machine_size_details,
    )
    assert hosted.update(runner.id) == hosted.get(runner.id) == updated


@pytest.mark.parametrize(
    "change",
    [
        {"size": "16-core"},
        {"image_id": "ubuntu-22.04"},
        {"image_id": "nvidia-gpu-optimized", "image_source": "partner"},
        {"enable_static_ip": True},
    ],
)
def test_other_machines_are_provisioned(
    github: FakeGitHub, kind: str, change: dict[str, Any]
) -> None:
    """Another size or image, and addresses, take new machines; asking for them again does not."""
    runner = hosting(github, kind).add_hosted_runner("large")
    hosted = scope_of(github.client(), kind).hosted_runners
    assert hosted.update(runner.id, **change).status == "Provisioning"
    github.clock.advance(59)
    assert hosted.update(runner.id, **change).status == "Provisioning"
    github.clock.advance(1)
    assert hosted.update(runner.id, **change).status == "Ready"
    later = hosted.get(runner.id)
    assert change.get("size", "4-core") == later.machine_size_details.id
    assert change.get("image_id", "ubuntu-24.04") == later.image.id
    assert change.get("image_source", "github") == later.image.source


def test_a_windows_image_changes_the_platform(github: FakeGitHub, kind: str) -> None:
    """The platform of a runner is that of its image."""
    runner = hosting(github, kind).add_hosted_runner("large")
    hosted = scope_of(github.client(), kind).hosted_runners
    assert hosted.update(runner.id, image_id="windows-2025").platform == "win-x64"
    assert hosted.get(runner.id).image.display_name == "Windows Server 2025"


def test_a_name_is_unique(github: FakeGitHub, kind: str) -> None:
    """A name that a runner of this owner has is refused, in any case; other owners may have it."""
    owner = hosting(github, kind)
    owner.add_hosted_runner("a")
    runner = owner.add_hosted_runner("b")
    client = github.client()
    hosted = scope_of(client, kind).hosted_runners
    taken = "A runner with the name A already exists"
    with pytest.raises(ghrunners.Conflict, match=taken):
        create(hosted, "A")
    with pytest.raises(ghrunners.Conflict, match=taken):
        hosted.update(runner.id, name="A")
    assert hosted.update(runner.id, name="B").name == "B"
    other = next(one for one in GROUP_KINDS if one != kind)
    create(scope_of(client, other).hosted_runners, "a")


@pytest.mark.parametrize("name", ["", "n" * 65, "a b", "ä", "a\n"])
def test_other_names_are_refused(github: FakeGitHub, kind: str, name: str) -> None:
    """A name of other length or letters creates nothing and renames nothing."""
    owner = hosting(github, kind)
    runner = owner.add_hosted_runner("n" * 64)
    hosted = scope_of(github.client(), kind).hosted_runners
    with pytest.raises((ghrunners.BadRequest, ghrunners.ValidationFailed)):
        create(hosted, name)
    with pytest.raises((ghrunners.BadRequest, ghrunners.ValidationFailed)):
        hosted.update(runner.id, name=name)
    assert [it.name for it in owner.hosted_runners.values()] == ["n" * 64]
    with pytest.raises(ValueError, match="is no name of a hosted runner"):
        owner.add_hosted_runner(name)


@pytest.mark.parametrize(
    ("error", "match", "options"),
    [
        (ghrunners.NotFound, "Not Found", {"runner_group_id": 99}),
        (ghrunners.ValidationFailed, "is no machine size", {"size": "3-core"}),
        (ghrunners.ValidationFailed, "between 1 and 1000", {"maximum_runners": 0}),
        (ghrunners.ValidationFailed, "between 1 and 1000", {"maximum_runners": 1001}),
        (
            ghrunners.ValidationFailed,
            "no image of the source partner",
            {"image": ImageReference(id="ubuntu-24.04", source="partner")},
        ),
        (
            ghrunners.ValidationFailed,
            "no image of the source custom",
            {"image": ImageReference(id="11", source="custom")},
        ),
        (
            ghrunners.ValidationFailed,
            "no version of the image",
            {"image": ImageReference(id="ubuntu-24.04", source="github", version="1.0.0")},
        ),
        (
            ghrunners.ValidationFailed,
            "does not run images for win-x64",
            {"image": ImageReference(id="windows-2025", source="github"), "size": "2-core"},
        ),
    ],
)
def test_values_that_do_not_exist_are_refused(
    github: FakeGitHub,
    kind: str,
    error: type[ghrunners.StatusError],
    match: str,
    options: dict[str, Any],
) -> None:
    """A group, size, image, version or limit that there is not creates and changes nothing."""
    refused(scope_of(github.client(), kind).hosted_runners, error, match, **options)


@pytest.mark.parametrize("missing", ["id", "source"])
def test_an_image_needs_id_and_source(github: FakeGitHub, kind: str, missing: str) -> None:
    """An image without its id or its source creates nothing, and the error names the field."""
    given = {"id": "ubuntu-24.04", "source": "github"}
    del given[missing]
    hosted = scope_of(github.client(), kind).hosted_runners
    with pytest.raises(ghrunners.ValidationFailed, match=f"image.{missing} is missing") as caught:
        create(hosted, image=given)
    assert caught.value.errors[0].code == "missing_field"
    assert list(hosted.list()) == []


def test_addresses_are_counted_and_limited(github: FakeGitHub, kind: str) -> None:
    """Static addresses are counted from the call until the runner is gone, up to the limit."""
    owner = hosting(github, kind)
    owner.public_ip_limit = 4
    hosted = scope_of(github.client(), kind).hosted_runners

    def usage() -> tuple[int, int]:
        limits = hosted.get_limits().public_ips
        return limits.current_usage, limits.maximum

    first = create(hosted, "a", enable_static_ip=True)
    second = create(hosted, "b", enable_static_ip=True)
    plain = create(hosted, "c")
    assert usage() == (4, 4)
    with pytest.raises(ghrunners.ValidationFailed, match="limit of static public IP addresses"):
        create(hosted, "d", enable_static_ip=True)
    with pytest.raises(ghrunners.ValidationFailed, match="limit of static public IP addresses"):
        hosted.update(plain.id, enable_static_ip=True)
    hosted.update(first.id, enable_static_ip=True)
    hosted.delete(second.id)
    assert usage() == (4, 4)
    github.clock.advance(60)
    assert usage() == (2, 4)
    hosted.update(first.id, enable_static_ip=False)
    assert usage() == (0, 4)


def test_addresses_come_when_the_runner_is_ready(github: FakeGitHub, kind: str) -> None:
    """A runner has its addresses once it is ready, and keeps them with another image."""
    hosted = scope_of(github.client(), kind).hosted_runners
    runners = [create(hosted, name, enable_static_ip=True) for name in ("a", "b")]
    assert [(it.public_ip_enabled, it.public_ips) for it in runners] == [(True, [])] * 2
    github.clock.advance(60)
    first, second = (hosted.get(it.id).public_ips for it in runners)
    assert first[0].length == 31
    assert first[0].prefix != second[0].prefix
    changed = hosted.update(runners[0].id, image_id="ubuntu-22.04")
    assert (changed.status, changed.public_ips) == ("Provisioning", first)
    without = hosted.update(runners[0].id, enable_static_ip=False)
    assert (without.public_ip_enabled, without.public_ips) == (False, [])
    assert hosted.update(runners[0].id, enable_static_ip=True).public_ips == []


def test_a_job_makes_a_runner_active(github: FakeGitHub, kind: str) -> None:
    """The time of the last job is shown; only a ready runner takes one."""
    runner = hosting(github, kind).add_hosted_runner("large", ready=False)
    with pytest.raises(ValueError, match="it is Provisioning"):
        runner.run_job()
    github.clock.advance(60)
    runner.run_job()
    last = github.clock.time
    github.clock.advance(10)
    hosted = scope_of(github.client(), kind).hosted_runners
    assert hosted.get(runner.id).last_active_on == last
    runner.shut_down()
    assert hosted.get(runner.id).status == "Shutdown"
    with pytest.raises(ValueError, match="it is Shutdown"):
        runner.run_job()


def test_all_pages_have_each_runner_once(github: FakeGitHub, kind: str) -> None:
    """A list has the hosted runners of its owner page by page, in the order that the test sets."""
    owner = hosting(github, kind)
    added = [owner.add_hosted_runner(f"h{number}").id for number in range(61)]
    owner.add_runner("self-hosted")
    client = github.client()
    assert [it.id for it in scope_of(client, kind).hosted_runners.list(per_page=30)] == added
    other = next(one for one in GROUP_KINDS if one != kind)
    assert list(scope_of(client, other).hosted_runners.list()) == []
    github.world.list_order = lambda items: items[::-1]
    assert [it.id for it in scope_of(client, kind).hosted_runners.list()] == added[::-1]


def test_a_runner_of_a_deleted_group_is_in_the_default_group(github: FakeGitHub, kind: str) -> None:
    """A runner whose group is gone is in the default group."""
    owner = hosting(github, kind)
    group = owner.add_group("team")
    runner = owner.add_hosted_runner("large", group=group)
    hosted = scope_of(github.client(), kind).hosted_runners
    assert hosted.get(runner.id).runner_group_id == group.id
    del owner.groups[group.id]
    assert hosted.get(runner.id).runner_group_id == 1
    assert runner.group is owner.default_group()


def test_a_test_cannot_add_what_github_would_not_have(github: FakeGitHub, kind: str) -> None:
    """Adding a runner with what this owner does not have is one clear error."""
    owner = hosting(github, kind)
    other = hosting(github, next(one for one in GROUP_KINDS if one != kind))
    foreign = other.add_custom_image("theirs")
    image = owner.add_custom_image("ours")
    owner.add_hosted_runner("large")
    wrong: dict[str, dict[str, Any]] = {
        "has a hosted runner 'Large'": {"name": "Large"},
        "no image 'ubuntu-9'": {"image": "ubuntu-9"},
        "no machine size '5-core'": {"size": "5-core"},
        "has no version '9.0.0'": {"image": image, "image_version": "9.0.0"},
        "does not have <CustomImage": {"image": foreign},
        "does not have <RunnerGroup": {"group": other.default_group()},
    }
    for message, given in wrong.items():
        options: dict[str, Any] = {"name": "new", **given}
        with pytest.raises(ValueError, match=message):
            owner.add_hosted_runner(**options)
    assert [it.name for it in owner.hosted_runners.values()] == ["large"]
    with pytest.raises(LookupError, match="has no hosted runner 'new'"):
        owner.hosted_runner("new")


def test_a_deleted_runner_does_nothing_more(github: FakeGitHub, kind: str) -> None:
    """What a test does with a deleted runner is an error, before and after it is gone."""
    runner = hosting(github, kind).add_hosted_runner("large")
    runner.delete()
    for _ in range(2):
        for act in (HostedRunner.provision, HostedRunner.become_ready, HostedRunner.shut_down):
            with pytest.raises(ValueError, match="it is deleted"):
                act(runner)
        runner.remove()
    assert not runner.is_registered
