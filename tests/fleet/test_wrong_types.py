"""Arguments of a type that no helper can mean: one clear TypeError, and nothing is sent."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from fleet.plays import Play
from ghrunners import testing
from ghrunners.fake import FakeGitHub
from ghrunners.fleet import AsyncFleet, Fleet


async def is_idle(runner: object) -> bool:
    """Return False, once it is awaited."""
    return runner is None


def is_idle_later(runner: object) -> object:
    """Return what nobody awaits."""
    return is_idle(runner)


class AsyncCheck:
    """An object that is called like an async function."""

    async def __call__(self, runner: object) -> bool:
        return runner is None


SECONDS = "timeout must be a number of seconds"
HOSTED: Any = testing.hosted_runner(id=4)
CALLS: list[tuple[str, tuple[object, ...], dict[str, object], str]] = [
    (
        "wait_until",
        (4, is_idle),
        {"timeout": 9},
        "condition must be a plain function, not an async one",
    ),
    ("wait_until", (4, None), {"timeout": 9}, "condition must be a plain function, not NoneType"),
    ("wait_until", ("r1", "idle"), {"timeout": 9}, "runner must be a Runner or its id, not str"),
    # A runner that is registered may have the same id.
    (
        "drain_and_delete",
        (HOSTED,),
        {"timeout": 9},
        "runner must be a Runner or its id, not HostedRunner",
    ),
    (
        "delete_hosted_runner",
        (testing.runner(id=4),),
        {},
        "runner must be a HostedRunner or its id, not Runner",
    ),
    ("delete_hosted_runner", ("r1",), {}, "runner must be a HostedRunner or its id, not str"),
    (
        "jit",
        (),
        {"name": "a", "labels": [], "is_ours": is_idle},
        "is_ours must be a plain function, not an async one",
    ),
    ("drain_and_delete", (4,), {"timeout": timedelta(1)}, f"{SECONDS}, not timedelta"),
    ("wait_until", (4, "idle"), {"timeout": "60"}, f"{SECONDS}, not str"),
    ("registration_token", (), {"timeout": True}, f"{SECONDS}, not bool"),
]


@pytest.mark.parametrize(("method", "arguments", "options", "message"), CALLS)
def test_a_wrong_type_is_one_clear_line(
    github: FakeGitHub,
    play: Play,
    method: str,
    arguments: tuple[object, ...],
    options: dict[str, Any],
    message: str,
) -> None:
    """Whatever has the id of something else, or is always true, must not delete a runner."""
    github.org().add_runner("r1")
    with pytest.raises(TypeError, match=f"^{message}$"):
        play(method, *arguments, **options)
    assert not github.calls


@pytest.mark.parametrize("function", [is_idle_later, AsyncCheck()])
def test_a_function_that_returns_an_awaitable_is_an_error(
    github: FakeGitHub, play: Play, function: Any
) -> None:
    """It cannot be known before. It is true, so that a wait ended, or a runner of others went."""
    runner = github.org().add_runner("r1", labels=["gpu"])
    with pytest.raises(TypeError, match=r"^condition must return a bool, not coroutine$"):
        play("wait_until", runner.id, function, timeout=9)
    runner.disconnect()
    options: Any = {"on_conflict": "replace_offline", "is_ours": function}
    with pytest.raises(TypeError, match=r"^is_ours must return a bool, not coroutine$"):
        play("jit", name="r1", labels=["gpu"], **options)
    assert runner.is_registered


def test_a_fleet_is_one_of_a_scope(github: FakeGitHub) -> None:
    """A name, a client, or the scope of a client of the other flavour is none."""
    client, other = github.client(), github.async_client()
    fleet: Any = Fleet
    for wrong in ("octo-org", client, other.org("octo-org")):
        with pytest.raises(TypeError, match=r"^scope must be one of a Client, such as client\.org"):
            fleet(wrong)
    fleet = AsyncFleet
    for unfit in ("octo-org", other, client.org("octo-org")):
        with pytest.raises(TypeError, match=r"^scope must be one of an AsyncClient, such as"):
            fleet(unfit)
