"""Errors of generated clients: their declared models, and their bodies."""

from __future__ import annotations

import asyncio
import importlib
import json
import pickle
from pathlib import Path
from typing import Any

import pytest

from client.scripted_server import ScriptedResponse, ScriptedServer, json_response
from lowering.foreign_packages import call_both, generated_package

VISIT = {"id": 7, "day": "2026-01-02"}


@pytest.fixture(scope="module")
def clinic(packages: Path) -> Any:
    assert (packages / "clinic").exists()
    return importlib.import_module("clinic")


def error_of(module: Any, answer: ScriptedResponse, call: str = "visits.get_visit") -> Any:
    """Return the error of a call, the same of both flavours."""
    resource, _, method = call.partition(".")
    arguments = {"visits.get_visit": (7,), "visits.delete_visit": (7,)}.get(call, ())

    async def call_async(url: str) -> object:
        async with module.AsyncClient(base_url=url, retry=None) as client:
            return await getattr(getattr(client, resource), method)(*arguments)

    with ScriptedServer(default=answer) as server:
        with (
            module.Client(base_url=server.url, retry=None) as client,
            pytest.raises(module.ClientError) as caught,
        ):
            getattr(getattr(client, resource), method)(*arguments)
        with pytest.raises(module.ClientError) as again:
            asyncio.run(call_async(server.url))
    found, other = (
        it.value.error if isinstance(it.value, module.OutcomeUnknown) else it.value
        for it in (caught, again)
    )
    assert (type(found), str(found)) == (type(other), str(other))
    assert (found.body, found.model) == (other.body, other.model)
    return found


def answer_of(
    content: object, status: int, media_type: str = "application/json"
) -> ScriptedResponse:
    body = json.dumps(content).encode()
    return ScriptedResponse(status=status, body=body, headers={"Content-Type": media_type})


PROBLEM = {"type": "about:blank", "title": "No", "detail": "Not today", "status": 400}
# The status and the body of a response, the model's class, and some of its fields.
DECLARED: dict[str, tuple[int, object, str, dict[str, object]]] = {
    "exactly": (409, {"until": "2026-01-02T03:04:05Z", "by": VISIT}, "GetVisitError409", {}),
    "by reference": (404, {"error": {"message": "None"}}, "MissingResponse", {}),
    "by a range": (400, {"code": 3}, "Refusal", {"code": 3, "hint": None}),
    "by default": (503, PROBLEM, "Problem", {"detail": "Not today", "status": 400}),
}


@pytest.mark.parametrize(("status", "content", "name", "fields"), DECLARED.values(), ids=DECLARED)
def test_an_error_has_the_model_of_its_status(
    clinic: Any, status: int, content: object, name: str, fields: dict[str, object]
) -> None:
    """That of the exact status, else of its class, else of the default."""
    error = error_of(clinic, answer_of(content, status, "application/problem+json"))
    assert type(error.model) is getattr(clinic.models, name)
    assert {field: getattr(error.model, field) for field in fields} == fields
    assert error.model is error.model
    assert (error.body, error.json()) == (json.dumps(content).encode(), content)


def test_the_parts_of_an_error_model_are_decoded(clinic: Any) -> None:
    model = error_of(clinic, answer_of({"until": "2026-01-02T03:04:05Z", "by": VISIT}, 409)).model
    assert (model.until.year, model.by.day.month) == (2026, 1)
    assert type(model.by) is clinic.models.Visit


def test_an_error_may_be_a_list_or_one_of_several_models(clinic: Any) -> None:
    call = "vets.create_vet"
    assert error_of(clinic, json_response([{"code": 1}], 422), call).model == [
        clinic.models.Refusal(code=1)
    ]
    either = error_of(clinic, json_response({"kind": "Nurse", "id": 1}, 423), call)
    assert either.model == clinic.models.Nurse(id=1)


NONE: dict[str, tuple[str, ScriptedResponse]] = {
    "none declared": ("visits.delete_visit", json_response(PROBLEM, 404)),
    "free in form": ("visits.get_visit", json_response({"code": 1}, 418)),
    "a field of another type": ("visits.get_visit", json_response({"code": "x"}, 400)),
    "a field missing": ("visits.get_visit", json_response({}, 400)),
    "another shape": ("visits.get_visit", json_response([1], 400)),
    "text by its status": ("visits.get_visit", json_response(PROBLEM, 500)),
    "not JSON": ("visits.get_visit", ScriptedResponse(status=400, body=b"<html>")),
    "nothing": ("visits.get_visit", ScriptedResponse(status=400)),
    "deep": ("visits.get_visit", ScriptedResponse(status=400, body=b"[" * 100_000)),
    "cut": ("visits.get_visit", ScriptedResponse(status=400, body=b'{"code": 1')),
    "not UTF-8": ("visits.get_visit", ScriptedResponse(status=400, body=b'{"code": "\xff"}')),
    "a schema without a class": ("vets.create_vet", json_response({'a"b': "x"}, 424)),
}


@pytest.mark.parametrize(("call", "answer"), NONE.values(), ids=NONE)
def test_a_body_that_is_no_declared_model_has_none(
    clinic: Any, call: str, answer: ScriptedResponse
) -> None:
    """The error itself is the same; its body can be read."""
    error = error_of(clinic, answer, call)
    assert error.model is None
    assert error.body == answer.body
    assert error.status == answer.status


@pytest.mark.parametrize("name", ["not JSON", "nothing", "deep", "cut", "not UTF-8"])
def test_a_body_that_is_no_json_is_a_clear_error(clinic: Any, name: str) -> None:
    """It says what is wrong, and quotes nothing."""
    error = error_of(clinic, NONE[name][1])
    with pytest.raises(ValueError, match=r"^the body is ") as caught:
        error.json()
    assert "html" not in str(caught.value)


def test_a_pickle_has_no_body(clinic: Any) -> None:
    error = error_of(clinic, json_response({"code": 3, "hint": "SECRET"}, 400))
    packed = pickle.dumps(error)
    assert b"SECRET" not in packed
    again = pickle.loads(packed)  # noqa: S301 - our own
    assert (str(again), again.status) == (str(error), 400)
    assert (again.body, again.model) == (b"", None)
    assert "SECRET" not in f"{error!r}{vars(error)}{error.model and ''}"


def test_an_unexpected_response_has_its_body(clinic: Any) -> None:
    error = error_of(clinic, json_response([VISIT]))
    assert type(error) is clinic.UnexpectedResponse
    assert (error.json(), error.model) == ([VISIT], None)


def test_an_error_that_cannot_be_decoded_omits_no_operation() -> None:
    """Nothing but its model is missing, and a note says so."""
    api = generated_package("clinic").built.api
    found = {it.name: it for resource in api.resources for it in resource.operations}
    assert len(found) == 4
    assert api.left_out == ()
    assert {it.status: it.type is None for it in found["create_vet"].errors} == {
        422: False,
        423: False,
        424: True,
    }
    assert "Unreadable" not in {model.name for model in api.models}


@pytest.mark.parametrize("status", [200, 201, 202, 203, 204, 205, 206, 207, 226])
def test_any_success_will_do_without_content(packages: Path, status: int) -> None:
    """The description has none but 204, and nothing is read."""
    answer = ScriptedResponse(status=status)
    _, result = call_both(packages, "clinic", answer, "visits.delete_visit", path=(7,))
    assert result is None


def test_odd_values_of_a_generated_client_are_kept(packages: Path, clinic: Any) -> None:
    with pytest.warns(clinic.SchemaDrift) as caught:
        _, visit = call_both(
            packages,
            "clinic",
            json_response({"id": 7, "day": "someday", "note": None}),
            "visits.get_visit",
            path=(7,),
        )
    assert (visit.id, visit.day, visit.note) == (7, "someday", None)
    assert {getattr(it.message, "pointers", None) for it in caught} == {("/day",)}
