"""Models, errors and lists for unit tests, without a server."""

from __future__ import annotations

import asyncio
import importlib
import inspect
from typing import Any

import pytest

import ghrunners
from ghrunners import fleet, models, testing
from kit.kits import kit_of
from roundtrip.test_round_trips import DOCUMENTS

FACTORIES = [name for name in testing.__all__ if name in vars(testing.factories)]


@pytest.mark.parametrize("name", FACTORIES)
def test_a_factory_makes_a_model_of_an_example(name: str) -> None:
    """Of each model, with valid values, and with each of its fields as an argument."""
    factory = getattr(testing, name)
    made: Any = factory()
    assert made == factory()
    fields = {*made.__struct_fields__}
    assert set(inspect.signature(factory).parameters) == fields
    assert inspect.signature(factory).return_annotation == f"models.{type(made).__name__}"


def test_there_is_a_factory_for_every_model() -> None:
    """Under the name of its module."""
    assert len(FACTORIES) == len(models.__all__)


def test_arguments_replace_the_values_of_the_example() -> None:
    """Models, lists of models, null, and times; the others stay."""
    label = testing.runner_label(name="gpu")
    made = testing.runner(name="x", labels=[label], version=None, busy=False)
    assert (made.name, made.labels, made.version, made.busy) == ("x", [label], None, False)
    assert made.os == testing.runner().os
    assert testing.runner_token().expires_at.tzinfo is not None


def test_a_value_of_another_type_is_an_error() -> None:
    """As the type checker says, with the place of the value."""
    with pytest.raises(TypeError, match=r"Runner: .*/id: Expected int"):
        testing.runner(id="x")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - the point


def concrete(kind: type[ghrunners.ClientError]) -> list[type[ghrunners.ClientError]]:
    """An error of calls, and all that are derived from it."""
    found = [kind, *(one for child in kind.__subclasses__() for one in concrete(child))]
    return [one for one in found if one.__module__ == "ghrunners"]


@pytest.mark.parametrize("kind", concrete(ghrunners.ClientError), ids=lambda kind: kind.__name__)
def test_every_error_can_be_made(kind: type[ghrunners.ClientError]) -> None:
    """As a client raises it; an error of a call has its request."""
    made = testing.error(kind, operation="org.runners.delete")
    assert isinstance(made, kind)
    assert str(made)
    if isinstance(made, ghrunners.CallError):
        assert made.request.template == "/orgs/{org}/actions/runners/{runner_id}"
    if isinstance(made, ghrunners.StatusError):
        assert made.json() == {"message": made.message}


def test_an_error_that_no_call_raises_is_refused() -> None:
    """Helpers raise some of their own, with other arguments."""
    with pytest.raises(ValueError, match="no call raises WaitTimedOut; create one with its own"):
        testing.error(fleet.WaitTimedOut)


def test_an_error_is_that_of_its_response() -> None:
    """Of its status, content and headers; another one is refused."""
    made = testing.error(
        ghrunners.NotFound, json={"message": "gone", "documentation_url": "https://docs.github.com"}
    )
    assert (made.status, made.message, made.docs_url) == (404, "gone", "https://docs.github.com")
    assert testing.error(ghrunners.RunnerBusy).status == 422
    with pytest.raises(ValueError, match="a client raises Forbidden, not NotFound, for this"):
        testing.error(ghrunners.NotFound, status=403)
    with pytest.raises(ValueError, match="ValidationFailed, not RunnerBusy"):
        testing.error(ghrunners.RunnerBusy, message="no")


def test_a_list_is_what_a_paged_method_returns() -> None:
    """With pages of their models, sync and async."""
    items = [testing.runner(id=number) for number in range(150)]
    found = testing.pages("org.runners.list", items)
    assert isinstance(found, ghrunners.Pages)
    assert list(found) == list(found) == items
    assert [(type(page), page.total_count, len(page)) for page in found.pages()] == [
        (models.RunnerList, 150, 100),
        (models.RunnerList, 150, 50),
    ]

    async def read() -> list[Any]:
        return [item async for item in testing.async_pages("org.runners.list", items)]

    assert asyncio.run(read()) == items
    with pytest.raises(TypeError, match="items must be a list, not Runner"):
        testing.pages("org.runners.list", items[0])  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - the point


def test_importing_the_client_imports_no_test_kit(tmp_path: Any) -> None:
    """Nor does the plugin of pytest before its fixture is used."""
    import subprocess
    import sys

    program = (
        "import sys, ghrunners, ghrunners.testing.plugin; ghrunners.Client; print(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    loaded = done.stdout.split()
    assert "ghrunners.testing.plugin" in loaded
    assert not [name for name in loaded if name.startswith("ghrunners.testing._")]


@pytest.mark.parametrize("document", DOCUMENTS)
@pytest.mark.usefixtures("kits")
def test_the_kit_of_a_document_makes_everything(document: str) -> None:
    """A factory of every model, and responses of every operation, whatever their names are."""
    kit = kit_of(document)
    functions = inspect.getmembers(kit.factories, inspect.isfunction)
    made = [factory() for name, factory in functions if not name.startswith("_")]
    assert len(made) == len(kit.MockServer().description.models)
    server = kit.MockServer()
    not_found = importlib.import_module(f"kit_{document}").NotFound
    for operation in server.description.operations:
        server.respond(operation.name, operation.success)
        error = kit.error(not_found, operation=operation.name)
        assert (error.request.method, error.request.template) == (operation.method, operation.path)
        server.respond(operation.name, error)


@pytest.mark.usefixtures("kits")
def test_a_response_may_depend_on_any_argument() -> None:
    """Those of `respond` and `script` themselves hide none of the API."""
    server = kit_of("names").MockServer()
    name = next(it.name for it in server.description.operations if it.id == "find_shadows")
    for argument in ("operation", "response", "responses", "arguments"):
        server.respond(name, 404, **{argument: "x"})
        server.script(name, 404, **{argument: "y"})
    assert len(server.unused()) == 4
