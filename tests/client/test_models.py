"""The generated models: their fields, what they read, what they refuse to show."""

from __future__ import annotations

import copy
import io
import json
import logging
import pickle
import pprint
import traceback
import types
import typing
from collections.abc import Callable, Iterator
from typing import Literal, cast

import msgspec
import pytest

import ghrunners
from client.described_methods import OURS, TOKEN, Function
from client.described_operations import elements, entries
from client.scripted_server import ScriptedResponse, ScriptedServer, json_response
from ghrunners import models
from runnersmith import pipeline
from runnersmith.openapi.document import Document, Json, Node
from runnersmith.overlay import versions
from runnersmith.project import find

SECRET = "EXAMPLE-SECRET-OF-A-TEST"  # noqa: S105 - nobody's

SCHEMAS = dict(entries(OURS.root.at("components").at("schemas")))
MODELS: dict[str, type[msgspec.Struct]] = {name: getattr(models, name) for name in models.__all__}

every_model = pytest.mark.parametrize("name", MODELS)


def secrets(name: str) -> list[str]:
    """The properties of a schema that the description calls secret."""
    extensions = {k: p.get("x-runnersmith") for k, p in entries(SCHEMAS[name].at("properties"))}
    return [key for key, one in extensions.items() if one is not None and one.flag("secret")]


def example(name: str) -> msgspec.Struct:
    """Make a model with every field; each secret is the one of these tests."""
    content = OURS.made(SCHEMAS[name], name)
    assert isinstance(content, dict)
    return msgspec.convert({**content, **dict.fromkeys(secrets(name), SECRET)}, MODELS[name])


# ── Fields ───────────────────────────────────────────────────────────────────────────────────


VERSIONS = versions.load(find().spec, "runners.yaml")
ROLES = {model.name: model.role for model in pipeline.build_ir(find()).models}


def schema_of(name: str) -> Callable[[Document], Node | None]:
    """Find the schema of a model in the document of an API version."""

    def look_up(document: Document) -> Node | None:
        return document.find(f"#/components/schemas/{name}")

    return look_up


@every_model
def test_a_model_has_the_described_fields(name: str) -> None:
    """All properties of its schema, in that order, and then those that older API versions have;
    one has no default where every version requires it.
    """
    fields = msgspec.structs.fields(MODELS[name])
    schemas = [schema for schema in map(schema_of(name), VERSIONS) if schema is not None]
    listed = [[one for one, _ in schema.at("properties").items()] for schema in schemas]
    required = [{str(one.value) for one in elements(schema.get("required"))} for schema in schemas]
    everything = list(dict.fromkeys(one for names in listed for one in names))
    assert [one.encode_name for one in fields] == everything
    assert [one.encode_name for one in fields if one.required] == [
        one for one in everything if all(one in names for names in required)
    ]


@every_model
def test_a_model_is_frozen_and_light(name: str) -> None:
    """Keyword only, unchangeable, without a dict, and no work for the garbage collector."""
    model, value = MODELS[name], example(name)
    assert (model.__struct_config__.frozen, model.__struct_config__.gc) == (True, False)
    for field in (*model.__struct_fields__, "more"):
        with pytest.raises(AttributeError):
            setattr(value, field, None)
    with pytest.raises(TypeError, match="positional"):
        model(*(getattr(value, field) for field in model.__struct_fields__))


def unions(annotation: object) -> Iterator[tuple[object, ...]]:
    """The members of every union in a type; what is no union counts as one of itself alone."""
    origin, inside = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in (typing.Union, types.UnionType):
        yield inside
    elif origin is Literal:
        yield (annotation,)
    else:
        for one in inside:
            yield from unions(one)


@every_model
def test_a_choice_of_texts_is_open(name: str) -> None:
    """Wherever some values are listed, another can be read; what is only sent has no others."""
    for annotation in typing.get_type_hints(MODELS[name]).values():
        for members in unions(annotation):
            if any(typing.get_origin(one) is Literal for one in members):
                assert (str in members) is (ROLES[name] != "request")


# ── Reading ──────────────────────────────────────────────────────────────────────────────────

RUNNER: dict[str, Json] = {
    "id": 1,
    "name": "r1",
    "os": "linux",
    "status": "online",
    "busy": False,
    "labels": [{"id": 3, "name": "gpu", "type": "custom"}],
}


def read(*runners: Json) -> list[models.Runner]:
    """Read runners as the client does."""
    content = json_response({"total_count": len(runners), "runners": list(runners)})
    with (
        ScriptedServer(content) as server,
        ghrunners.Client(auth=TOKEN, base_url=server.url) as client,
    ):
        return list(client.org("acme").runners.list())


def test_what_is_unknown_is_read() -> None:
    """Values that nobody listed are kept, fields that nobody described are passed over."""
    label: Json = {"id": 9, "name": "odd", "type": "inherited", "colour": {"r": 1}}
    odd: Json = {**RUNNER, "status": "draining", "os": "plan9", "labels": [label], "more": [1, {}]}
    [runner] = read(odd)
    assert (runner.status, runner.os) == ("draining", "plan9")
    assert (runner.labels[0].name, runner.labels[0].type) == ("odd", "inherited")
    assert not hasattr(runner, "more")


def test_what_is_optional_may_be_absent_or_null() -> None:
    """Either way it reads as None."""
    optional = ["runner_group_id", "ephemeral", "version"]
    bare, null = read(RUNNER, {**RUNNER, "id": 2, **dict.fromkeys(optional)})
    assert bare == msgspec.structs.replace(null, id=1)
    assert [getattr(bare, name) for name in optional] == [None, None, None]


LISTS = {
    name: key
    for name in MODELS
    if (extension := SCHEMAS[name].get("x-runnersmith")) and (key := extension.text("items"))
}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_model_is_its_items(name: str) -> None:
    """It iterates over them, contains and counts them; without any it is empty."""
    value = cast("models.RunnerList", example(name))
    held: list[models.Runner] = getattr(value, LISTS[name])
    assert list(value) == held
    assert len(value) == len(held) == 1
    assert held[0] in value
    empty = msgspec.structs.replace(value, **{LISTS[name]: []})
    assert (list(empty), len(empty)) == ([], 0)


# ── Secrets ──────────────────────────────────────────────────────────────────────────────────


def rich_of(value: object) -> str:
    """Show a model as rich does."""
    parts = cast("models.RunnerToken", value).__rich_repr__()
    return ", ".join(f"{name}={one!r}" for name, one in parts)


def traceback_of(value: object) -> str:
    """Write a traceback with the variables of its frames."""
    try:
        raise ValueError(value)
    except ValueError as error:
        found = traceback.TracebackException.from_exception(error, capture_locals=True)
        return "".join(found.format())


def log_of(value: object) -> str:
    """Log a value the usual ways."""
    logger, handler = logging.getLogger("secrets"), logging.StreamHandler(io.StringIO())
    logger.addHandler(handler)
    logger.warning("%s %r", value, value)
    logger.removeHandler(handler)
    return handler.stream.getvalue()


SHOWN: dict[str, Callable[[object], str]] = {
    "repr": repr,
    "str": str,
    "ascii": ascii,
    "f-string": lambda value: f"{value} {value!s} {value!a}",
    "format": "{0!r} {0!s}".format,
    "percent": lambda value: "%s %r" % (value, value),  # noqa: UP031 - a way to show it, too
    "in containers": lambda value: repr([{"x": (value,)}]),
    "pprint": lambda value: pprint.pformat([value] * 9),
    "rich": rich_of,
    "error": lambda value: repr(ValueError(value)),
    "traceback": traceback_of,
    "log": log_of,
}


@pytest.mark.parametrize("name", [one for one in MODELS if secrets(one)])
def test_a_secret_is_not_shown(name: str) -> None:
    """Whatever writes a model down writes a mask in its place."""
    value = example(name)
    assert [getattr(value, field) for field in secrets(name)] == [SECRET] * len(secrets(name))
    texts = {how: show(value) for how, show in SHOWN.items()}
    masks = {f"{field}=***" for field in secrets(name)}
    assert {how: text for how, text in texts.items() if SECRET in text} == {}
    assert {how: {one for one in masks if one in text} for how, text in texts.items()} == (
        dict.fromkeys(texts, masks)
    )


@every_model
def test_only_secrets_are_masked(name: str) -> None:
    """A repr shows every other field as it is."""
    value = example(name)
    masked = dict.fromkeys(secrets(name), "***")
    shown = {field: repr(getattr(value, field)) for field in MODELS[name].__struct_fields__}
    fields = ", ".join(f"{field}={text}" for field, text in (shown | masked).items())
    assert repr(value) == f"{name}({fields})"


def pickled(value: object, protocol: int) -> object:
    """Return a value as it comes out of its pickle, or why it is rejected."""
    try:
        return pickle.loads(pickle.dumps(value, protocol))  # noqa: S301 - our own
    except TypeError as error:
        return str(error).rpartition(":")[0]


@every_model
def test_a_model_pickles_unless_it_holds_a_secret(name: str) -> None:
    """A pickle can be read by anyone: what holds a secret refuses, also inside of others."""
    value = example(name)
    protocols = range(pickle.HIGHEST_PROTOCOL + 1)
    assert copy.copy(value) == value
    if secrets(name) or "***" in repr(value):
        for held in (value, [value], {"x": (value,)}):
            texts = {protocol: str(pickled(held, protocol)) for protocol in protocols}
            refused = "holds a secret and cannot be pickled"
            assert {key: text for key, text in texts.items() if not text.endswith(refused)} == {}
    else:
        copies = {protocol: pickled(value, protocol) for protocol in protocols}
        assert copies == dict.fromkeys(protocols, value)
        assert copy.deepcopy(value) == value


SECRETIVE: dict[str, tuple[str, Json]] = {
    "list_applications": ("RunnerApplication", {}),
    "generate_jit_config": ("JitConfig", {"name": "x", "runner_group_id": 1, "labels": ["x"]}),
    "create_registration_token": ("RunnerToken", {}),
    "create_remove_token": ("RunnerToken", {}),
}
SPOILT: dict[str, Callable[[str], ScriptedResponse]] = {
    "shape": lambda body: ScriptedResponse(
        body=body.encode(), headers={"Content-Type": "application/json"}
    ),
    "half": lambda body: ScriptedResponse(
        body=body[:-3].encode(), headers={"Content-Type": "application/json"}
    ),
    "html": lambda body: ScriptedResponse(
        body=body.encode(), headers={"Content-Type": "text/html"}
    ),
    "500": lambda body: ScriptedResponse(
        status=500, body=body.encode(), headers={"Content-Type": "application/json"}
    ),
}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
@pytest.mark.parametrize("method", SECRETIVE)
def test_a_reply_that_cannot_be_read_shows_no_secret(
    method: str, spoil: Callable[[str], ScriptedResponse]
) -> None:
    """Not in the error, nor in its cause, nor in the variables of any frame that either passed."""
    name, keywords = SECRETIVE[method]
    assert isinstance(keywords, dict)
    server = ScriptedServer(
        spoil(json.dumps([{key: [SECRET] for key, _ in entries(SCHEMAS[name].at("properties"))}]))
    )
    with (
        server,
        ghrunners.Client(auth=TOKEN, base_url=server.url, retry=None) as client,
        pytest.raises(ghrunners.CallError) as caught,
    ):
        cast("Function", getattr(client.org("acme").runners, method))(**keywords)
    error = caught.value
    if method != "list_applications":  # the others are unsafe writes
        assert isinstance(error, ghrunners.OutcomeUnknown)
        assert error.__cause__ is error.error
        error = error.error
    assert isinstance(error, ghrunners.ResponseError)
    found = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    text = "".join(found.format()) + "".join(
        repr(one) + repr(vars(one)) for one in (caught.value, error)
    )
    assert "_runtime" in text
    assert SECRET not in text
    assert TOKEN not in text
