"""Images, machine sizes and platforms for hosted runners of a fake GitHub, and runners of groups."""

from __future__ import annotations

import asyncio

import pytest

import ghrunners
from fake.scopes import GROUP_KINDS, scope_of
from fake.test_hosted import create, hosting
from ghrunners.fake import FakeGitHub, Image, MachineSize
from ghrunners.models import ImageReference

kinds = pytest.mark.parametrize("kind", GROUP_KINDS)
versions = pytest.mark.parametrize("version", ["2022-11-28", "2026-03-10"])


@kinds
@versions
def test_every_listed_choice_creates_a_runner(github: FakeGitHub, kind: str, version: str) -> None:
    """Each image and each size of the lists can be used, and a runner has them as they are listed."""
    hosted = scope_of(github.client(api_version=version), kind).hosted_runners
    sizes = list(hosted.list_machine_sizes())
    images = [*hosted.list_github_owned_images(), *hosted.list_partner_images()]
    assert {it.source for it in images} == {"github", "partner"}
    assert list(hosted.list_platforms()) == list(dict.fromkeys(it.platform for it in images))
    for number, image in enumerate(images):
        reference = ImageReference(id=image.id, source=image.source)
        runner = create(hosted, f"image-{number}", image=reference)
        assert (runner.image.id, runner.image.size_gb) == (image.id, image.size_gb)
        assert (runner.image.display_name, runner.platform) == (image.display_name, image.platform)
    for size in sizes:
        assert create(hosted, size.id, size=size.id).machine_size_details == size


@kinds
def test_a_test_changes_the_catalog(github: FakeGitHub, kind: str) -> None:
    """Images and sizes that a test adds are listed and can be used; runners keep what goes away."""
    catalog = github.world.catalog
    old = hosting(github, kind).add_hosted_runner("old")
    catalog.github_images[:] = [
        Image(id="macos-15", display_name="macOS 15", platform="macos-arm64", size_gb=100)
    ]
    catalog.partner_images.clear()
    catalog.machine_sizes[:] = [
        MachineSize(id="m2", cpu_cores=5, memory_gb=14, storage_gb=14, platforms=["macos-arm64"])
    ]
    hosted = scope_of(github.client(), kind).hosted_runners
    assert [it.id for it in hosted.list_github_owned_images()] == ["macos-15"]
    assert list(hosted.list_partner_images()) == []
    assert [it.id for it in hosted.list_machine_sizes()] == ["m2"]
    assert list(hosted.list_platforms()) == ["macos-arm64"]
    image = ImageReference(id="macos-15", source="github")
    assert create(hosted, image=image, size="m2").platform == "macos-arm64"
    assert hosted.update(old.id, name="new").image.id == "ubuntu-24.04"


@kinds
@versions
def test_custom_images_and_their_versions(github: FakeGitHub, kind: str, version: str) -> None:
    """A custom image shows its newest version and the size of all, and its versions newest first."""
    owner = hosting(github, kind)
    image = owner.add_custom_image("build", versions=["1.9.0", "1.10.0"], size_gb=30)
    created = github.clock.time
    github.clock.advance(5)
    image.add_version("1.2.0", size_gb=10)
    hosted = scope_of(github.client(api_version=version), kind).hosted_runners
    shown = hosted.get_custom_image(image.id)
    assert list(hosted.list_custom_images()) == [shown]
    assert (shown.name, shown.source, shown.platform) == ("build", "custom", "linux-x64")
    assert (shown.versions_count, shown.latest_version, shown.total_versions_size) == (
        3,
        "1.10.0",
        70,
    )
    listed = list(hosted.list_custom_image_versions(image.id))
    assert [it.version for it in listed] == ["1.10.0", "1.9.0", "1.2.0"]
    assert listed[0].created_on == created.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert hosted.get_custom_image_version(image.id, "1.10.0") == listed[0]
    other = next(one for one in GROUP_KINDS if one != kind)
    assert list(scope_of(github.client(), other).hosted_runners.list_custom_images()) == []


@kinds
def test_absent_images_and_versions(github: FakeGitHub, kind: str) -> None:
    """An image or a version that is not there is not found."""
    image = hosting(github, kind).add_custom_image("build")
    hosted = scope_of(github.client(), kind).hosted_runners
    for read in (hosted.get_custom_image, hosted.delete_custom_image):
        with pytest.raises(ghrunners.NotFound):
            read(image.id + 1)
    with pytest.raises(ghrunners.NotFound):
        hosted.list_custom_image_versions(image.id + 1)
    for one in (hosted.get_custom_image_version, hosted.delete_custom_image_version):
        with pytest.raises(ghrunners.NotFound):
            one(image.id, "9.9.9")
        with pytest.raises(ghrunners.NotFound):
            one(image.id + 1, "1.0.0")


@kinds
def test_deleted_images_and_versions_are_gone(github: FakeGitHub, kind: str) -> None:
    """Deleting a version leaves the others; deleting an image takes all of it."""
    image = hosting(github, kind).add_custom_image("build", versions=["1.0.0", "2.0.0"])
    hosted = scope_of(github.client(), kind).hosted_runners
    hosted.delete_custom_image_version(image.id, "2.0.0")
    assert hosted.get_custom_image(image.id).latest_version == "1.0.0"
    hosted.delete_custom_image_version(image.id, "1.0.0")
    assert hosted.get_custom_image(image.id).latest_version == ""
    reference = ImageReference(id=str(image.id), source="custom")
    with pytest.raises(ghrunners.ValidationFailed, match="has no version"):
        create(hosted, image=reference)
    hosted.delete_custom_image(image.id)
    with pytest.raises(ghrunners.NotFound):
        hosted.get_custom_image(image.id)
    assert list(hosted.list_custom_images()) == []


@kinds
def test_a_runner_with_a_custom_image(github: FakeGitHub, kind: str) -> None:
    """A runner takes a version of a custom image, or follows the newest one."""
    image = hosting(github, kind).add_custom_image("build", platform="win-x64", size_gb=30)
    image.add_version("2.0.0", size_gb=50)
    hosted = scope_of(github.client(), kind).hosted_runners
    pinned = create(
        hosted, image=ImageReference(id=str(image.id), source="custom", version="1.0.0")
    )
    assert (pinned.platform, pinned.image.source) == ("win-x64", "custom")
    assert (pinned.image.display_name, pinned.image.version) == ("build", "1.0.0")
    assert pinned.image.size_gb == 30
    for version in (None, "latest"):
        latest = hosted.update(pinned.id, image_version=version)
        assert (latest.image.version, latest.image.size_gb) == ("latest", 50)
    with pytest.raises(ghrunners.ValidationFailed, match="no version of the image"):
        hosted.update(pinned.id, image_version="3.0.0")
    hosted.update(pinned.id, image_version="2.0.0")
    moved = hosted.update(pinned.id, image_id="windows-2025", image_source="github")
    assert (moved.image.id, moved.image.version) == ("windows-2025", "latest")


@kinds
def test_an_image_in_use_is_not_deleted(github: FakeGitHub, kind: str) -> None:
    """An image, and a version that a runner needs, are refused until the runner is gone."""
    owner = hosting(github, kind)
    image = owner.add_custom_image("build", versions=["1.0.0", "2.0.0", "3.0.0"])
    pinned = owner.add_hosted_runner("pinned", image=image, image_version="1.0.0")
    owner.add_hosted_runner("latest", image=image)
    hosted = scope_of(github.client(), kind).hosted_runners
    with pytest.raises(ghrunners.ValidationFailed, match="in use by runner 'pinned'"):
        hosted.delete_custom_image(image.id)
    with pytest.raises(ghrunners.ValidationFailed, match="in use by runner 'pinned'"):
        hosted.delete_custom_image_version(image.id, "1.0.0")
    hosted.delete_custom_image_version(image.id, "3.0.0")
    hosted.delete_custom_image_version(image.id, "2.0.0")
    hosted.delete(pinned.id)
    github.clock.advance(60)
    with pytest.raises(ghrunners.ValidationFailed, match="in use by runner 'latest'"):
        hosted.delete_custom_image_version(image.id, "1.0.0")
    owner.hosted_runner("latest").remove()
    hosted.delete_custom_image(image.id)


@kinds
def test_a_test_cannot_add_an_image_twice(github: FakeGitHub, kind: str) -> None:
    """A name or a version that is there, and one that is none, is one clear error."""
    owner = hosting(github, kind)
    image = owner.add_custom_image("build")
    assert owner.custom_image("build") is image
    for message, name, added in (
        ("has a custom image 'build'", "build", ["1.0.0"]),
        ("has a version '1.0.0'", "other", ["1.0.0", "1.0.0"]),
        ("'1.0' is no version", "other", ["1.0"]),
    ):
        with pytest.raises(ValueError, match=message):
            owner.add_custom_image(name, versions=added)
    with pytest.raises(LookupError, match="has no custom image 'other'"):
        owner.custom_image("other")
    with pytest.raises(LookupError, match=r"has no version '2\.0\.0'"):
        image.remove_version("2.0.0")


@versions
def test_hosted_runners_of_a_group(github: FakeGitHub, version: str) -> None:
    """The list of a group has its hosted runners alone, page by page, and follows their moves."""
    org = github.org()
    group = org.add_group("team")
    inside = [org.add_hosted_runner(f"in{number}", group=group) for number in range(3)]
    outside = org.add_hosted_runner("out")
    org.add_runner("self-hosted", group=group)
    scope = github.client(api_version=version).org("octo-org")
    listed = scope.runner_groups.list_hosted_runners(group.id, per_page=2)
    assert [it.id for it in listed] == [it.id for it in inside]
    scope.hosted_runners.update(inside[0].id, runner_group_id=1)
    listed = scope.runner_groups.list_hosted_runners(1)
    assert [it.id for it in listed] == [inside[0].id, outside.id]
    with pytest.raises(ghrunners.NotFound):
        list(scope.runner_groups.list_hosted_runners(99))


def test_the_async_client_sees_the_same(github: FakeGitHub) -> None:
    """The async client creates, waits for and deletes a runner as the sync one does."""

    async def main() -> None:
        hosted = github.async_client().org("octo-org").hosted_runners
        created = await create(hosted)
        assert created.status == "Provisioning"
        github.clock.advance(60)
        assert (await hosted.get(created.id)).status == "Ready"
        assert (await hosted.delete(created.id)).status == "Deleting"
        github.clock.advance(60)
        with pytest.raises(ghrunners.NotFound):
            await hosted.get(created.id)

    asyncio.run(main())
