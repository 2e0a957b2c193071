"""Downloads of the runner application in a fake GitHub, and the end of its versions."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

import ghrunners
from fake.scopes import KINDS, scope_of
from ghrunners.fake import FakeGitHub


@pytest.mark.parametrize("kind", KINDS)
def test_downloads_are_those_of_the_current_version(github: FakeGitHub, kind: str) -> None:
    """There is one download for each system and processor, and all change with the version."""
    runners = scope_of(github.client(), kind).runners
    listed = runners.list_applications()
    builds = {(it.os, it.architecture): it for it in listed}
    assert len(listed) == len(builds) == 7
    assert {os for os, _ in builds} == {"linux", "osx", "win"}
    assert builds["linux", "arm"].filename == "actions-runner-linux-arm-2.330.0.tar.gz"
    assert builds["win", "arm64"].filename == "actions-runner-win-arm64-2.330.0.zip"
    for one in listed:
        assert one.download_url.endswith(f"/v2.330.0/{one.filename}")
        assert len(one.sha256_checksum) == 64
        assert one.temp_download_token
        assert one.temp_download_token not in repr(one)
    assert len({it.sha256_checksum for it in listed}) == 7
    github.world.runner_versions.current = "2.331.0"
    assert all("2.331.0" in it.filename for it in runners.list_applications())
    assert runners.get_deprecation("2.331.0").runtime_deprecates_at is None
    assert github.org().add_runner("new").version == "2.331.0"


@pytest.mark.parametrize("kind", KINDS)
def test_a_version_has_an_end(github: FakeGitHub, kind: str) -> None:
    """A test sets when a version ends; an unknown version is 404."""
    runners = scope_of(github.client(), kind).runners
    at = datetime(2026, 9, 24, 15, tzinfo=UTC)
    github.world.deprecate("2.330.0", at=at)
    found = runners.get_deprecation("2.330.0")
    assert (found.runner_version, found.runtime_deprecates_at) == ("2.330.0", at)
    assert found.registration_deprecates_at is None
    github.world.deprecate("2.330.0", at=None)
    assert runners.get_deprecation("2.330.0").runtime_deprecates_at is None
    with pytest.raises(ghrunners.NotFound):
        runners.get_deprecation("1.0.0")


def test_a_time_without_a_zone_is_refused(github: FakeGitHub) -> None:
    """A date without its time zone could mean two times."""
    with pytest.raises(ValueError, match="time zone"):
        github.world.deprecate("2.330.0", at=datetime(2026, 9, 24))
