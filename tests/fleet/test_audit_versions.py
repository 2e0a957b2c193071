"""Audit of runner versions: which runners will stop working, and when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

import ghrunners
from fake.scopes import KINDS, owner_of
from fleet.flavours import call
from ghrunners.fake import FakeGitHub
from ghrunners.fleet import Fleet
from ghrunners.testing import Response


def populate(github: FakeGitHub, kind: str = "org") -> None:
    """Add runners of four versions, and one that has not connected."""
    owner = owner_of(github, kind)
    versions = ["2.328.0", "2.329.0", "2.328.0", "2.330.0", "2.9.0"]
    for number, version in enumerate(versions):
        owner.add_runner(f"ci-{number}", online=False).connect(version=version)
    owner.add_runner("new", online=False)


def test_plain_calls_do_not_see_that_runners_stop(github: FakeGitHub) -> None:
    """An online runner of a version that was retired looks healthy, and takes no job."""
    populate(github)
    github.clock.advance(200 * 86_400)
    retired = github.org().runner("ci-0")
    assert github.client().org("octo-org").runners.get(retired.id).status == "online"
    with pytest.raises(ValueError, match="deprecated"):
        retired.start_job()


@pytest.mark.parametrize("flavour", ["sync", "async"])
@pytest.mark.parametrize("kind", KINDS)
def test_versions_come_in_the_order_of_their_end(
    github: FakeGitHub, kind: str, flavour: str
) -> None:
    """Those that stop first come first, those without a date last, with their runners."""
    populate(github, kind)
    audit = call(github, flavour, lambda it: it.audit_versions(), kind)
    assert [(it.version, it.stops_at, len(it.runners)) for it in audit.versions] == [
        ("2.328.0", datetime(2026, 5, 1, tzinfo=UTC), 2),
        ("2.329.0", datetime(2026, 7, 1, tzinfo=UTC), 1),
        ("2.9.0", None, 1),  # GitHub knows nothing of it: 404
        ("2.330.0", None, 1),
    ]
    assert [it.outdated for it in audit.versions] == [True, True, True, False]
    assert audit.newest == "2.330.0"
    assert [it.name for it in audit.never_connected] == ["new"]
    soon = audit.stopping_before(datetime(2026, 6, 1, tzinfo=UTC))
    assert [it.name for it in soon] == ["ci-0", "ci-2"]
    asked = [it for it in github.calls if it.operation.endswith("get_deprecation")]
    assert len(asked) == 4  # one for each version, not for each runner


def test_a_time_without_a_zone_is_rejected(github: FakeGitHub) -> None:
    """Also if there is no date to compare it with."""
    audit = Fleet(github.client().org("octo-org")).audit_versions()
    with pytest.raises(TypeError, match="2026-06-01 00:00:00 has no time zone"):
        audit.stopping_before(datetime(2026, 6, 1))  # noqa: DTZ001 - the point


def test_what_has_ended_by_now_is_marked(github: FakeGitHub) -> None:
    """By the client's clock: a version that has stopped cannot register either."""
    populate(github)
    closes = {
        "runner_version": "2.329.0",
        "registration_deprecates_at": (github.clock.time + timedelta(days=100)).isoformat(),
        "runtime_deprecates_at": (github.clock.time + timedelta(days=300)).isoformat(),
    }
    github.respond("org.runners.get_deprecation", Response(200, json=closes), version="2.329.0")
    fleet = Fleet(github.client().org("octo-org"))
    states = {it.version: (it.stopped, it.can_register) for it in fleet.audit_versions().versions}
    assert states["2.328.0"] == (False, True)
    assert states["2.329.0"] == (False, True)
    github.clock.advance(101 * 86_400)
    states = {it.version: (it.stopped, it.can_register) for it in fleet.audit_versions().versions}
    assert states["2.328.0"] == (True, False)
    assert states["2.329.0"] == (False, False)
    assert states["2.330.0"] == (False, True)


def test_an_error_is_never_an_empty_schedule(github: FakeGitHub) -> None:
    """Only 404 means that nothing is known; any other error is raised."""
    populate(github)
    github.respond("org.runners.get_deprecation", 403)
    with pytest.raises(ghrunners.Forbidden):
        Fleet(github.client().org("octo-org")).audit_versions()


def test_enterprise_server_has_no_schedules(github: FakeGitHub) -> None:
    """The error names the operation, whatever runners there are, and nothing is sent."""
    client = github.client(base_url="https://ghes.example/api/v3", product="ghes-3.19")
    with pytest.raises(ghrunners.NotAvailable, match="deprecat"):
        Fleet(client.org("octo-org")).audit_versions()
    assert not github.calls


def test_a_fleet_without_runners_has_no_versions(github: FakeGitHub) -> None:
    """The newest version is known all the same; a download without a version is none."""
    fleet = Fleet(github.client().org("octo-org"))
    assert (fleet.audit_versions().versions, fleet.audit_versions().newest) == ((), "2.330.0")
    github.respond("org.runners.list_applications", [])
    assert fleet.audit_versions().newest is None


def test_a_scope_that_cannot_be_seen_any_more_is_no_empty_schedule(github: FakeGitHub) -> None:
    """Without access, GitHub answers every schedule with 404: that is not "no end known"."""
    populate(github)
    github.respond("org.runners.get_deprecation", 404)
    github.respond("org.runners.list_applications", 404)
    with pytest.raises(ghrunners.NotFound):
        Fleet(github.client().org("octo-org")).audit_versions()
    calls = [it.operation for it in github.calls]
    assert calls.index("org.runners.get_deprecation") < calls.index("org.runners.list_applications")
