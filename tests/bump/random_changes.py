"""Kinds of change that GitHub may make to its description, each at a place chosen by a number.

`KINDS` has a function for each kind. It changes a description and returns whether it found a place.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from compare.comparison_specs import mapping
from runnersmith.openapi.document import Document, Json, parse_pointer

_T = TypeVar("_T")
Mapping = dict[str, Json]
Kind = Callable[["Description", int], bool]

_METHODS = ("get", "put", "post", "delete", "patch")
_WORDS = ("color", "zone", "owner_login", "build_token", "archived_at", "retries")
_JSON = "application/json"
_FACTS: Mapping = {"githubCloudOnly": False, "enabledForGitHubApps": True}


@dataclass(slots=True)
class Description:
    """An official description that is being changed."""

    data: Mapping

    def operations(self) -> Iterator[tuple[str, str, Mapping]]:
        """Yield path, method and operation."""
        for path, item in mapping(self.data["paths"]).items():
            for method, operation in mapping(item).items():
                if method in _METHODS:
                    yield path, method, mapping(operation)

    def target(self, value: Json) -> Mapping:
        """Return a mapping, or the component that it refers to."""
        found = mapping(value)
        while isinstance(reference := found.get("$ref"), str):
            pointer = parse_pointer(reference)
            assert pointer is not None
            found = self.data
            for part in pointer:
                found = mapping(found[str(part)])
        return found

    def contents(self, *, requests: bool = True, responses: bool = True) -> Iterator[Mapping]:
        """Yield the holders of the schemas of all JSON bodies and responses."""
        for _, _, operation in self.operations():
            holders = [operation["requestBody"]] if requests and "requestBody" in operation else []
            holders += [*mapping(operation["responses"]).values()] if responses else []
            for holder in map(self.target, holders):
                media = mapping(holder.get("content", {})).get(_JSON)
                if isinstance(media, dict) and "schema" in media:
                    yield media

    def schemas(self, **which: bool) -> list[Mapping]:
        """Return every schema of bodies and responses, each once."""
        found: dict[int, Mapping] = {}
        waiting: list[Json] = [media["schema"] for media in self.contents(**which)]
        while waiting:
            schema = self.target(waiting.pop(0))
            if id(schema) in found:
                continue
            found[id(schema)] = schema
            waiting += mapping(schema.get("properties", {})).values()
            inner = [schema.get(key) for key in ("items", "additionalProperties")]
            waiting += [schema for schema in inner if isinstance(schema, dict)]
            for key in ("anyOf", "oneOf", "allOf"):
                members = schema.get(key)
                waiting += members if isinstance(members, list) else []
        return list(found.values())

    def objects(self, **which: bool) -> list[Mapping]:
        return [schema for schema in self.schemas(**which) if schema.get("properties")]

    def fields(self, *kinds: str, **which: bool) -> list[tuple[Mapping, str, Mapping]]:
        """Return (object, name, schema) of the properties that are written in place."""
        return [
            (owner, name, mapping(schema))
            for owner in self.objects(**which)
            for name, schema in mapping(owner["properties"]).items()
            if mapping(schema).get("type") in kinds
        ]

    def parameters(self, location: str) -> list[tuple[list[Json], int, Mapping]]:
        """Return (list, index, parameter) of the parameters of operations."""
        found: list[tuple[list[Json], int, Mapping]] = []
        for _, _, operation in self.operations():
            listed = operation.get("parameters", [])
            assert isinstance(listed, list)
            for index, value in enumerate(listed):
                if (parameter := self.target(value)).get("in") == location:
                    found.append((listed, index, parameter))
        return found

    def isolate(self, number: int) -> None:
        """Write out one shared schema, parameter or response where it is used."""
        sites = list(_references(self.data["paths"]))
        if sites:
            site = chosen(sites, number)
            made = copy.deepcopy(self.target(site))
            site.clear()
            site |= made


def _references(value: Json) -> Iterator[Mapping]:
    if isinstance(value, dict):
        if "$ref" in value:
            yield value
        for child in value.values():
            yield from _references(child)
    elif isinstance(value, list):
        for child in value:
            yield from _references(child)


def chosen(candidates: list[_T], number: int) -> _T:
    return candidates[number % len(candidates)]


def _word(number: int, taken: Mapping) -> str:
    return next(
        word for word in (*_WORDS[number % 6 :], *_WORDS, f"new_{number}") if word not in taken
    )


def _required(owner: Mapping) -> list[Json]:
    listed = owner.setdefault("required", [])
    assert isinstance(listed, list)
    return listed


# ── Fields ───────────────────────────────────────────────────────────────────────────────────

_TYPES: tuple[Mapping, ...] = (
    {"type": "string"},
    {"type": "integer", "minimum": 0},
    {"type": "boolean"},
    {"type": "string", "nullable": True},
    {"type": "string", "format": "date-time"},
    {"type": "string", "enum": ["low", "high"]},
    {"type": "array", "items": {"type": "string"}},
    {"type": "object", "additionalProperties": {"type": "string"}},
)
_OBJECT: Mapping = {
    "type": "object",
    "required": ["key"],
    "properties": {"key": {"type": "string"}, "size": {"type": "integer", "nullable": True}},
}


def _add(
    found: Description, number: int, schema: Mapping, *, required: bool, **which: bool
) -> bool:
    if not (owners := found.objects(**which)):
        return False
    owner = chosen(owners, number)
    properties = mapping(owner["properties"])
    name = _word(number, properties)
    properties[name] = copy.deepcopy(schema)
    if required:
        _required(owner).append(name)
    return True


def field_added(found: Description, number: int) -> bool:
    return _add(found, number, chosen([*_TYPES], number), required=False, requests=False)


def required_field_added(found: Description, number: int) -> bool:
    return _add(found, number, chosen([*_TYPES], number // 3), required=True, requests=False)


def object_field_added(found: Description, number: int) -> bool:
    return _add(found, number, _OBJECT, required=number % 2 == 0, requests=False)


def object_list_added(found: Description, number: int) -> bool:
    schema: Mapping = {"type": "array", "items": _OBJECT}
    return _add(found, number, schema, required=number % 2 == 0, requests=False)


def union_field_added(found: Description, number: int) -> bool:
    schema: Mapping = {"oneOf": [{"type": "string"}, {"type": "integer"}]}
    return _add(found, number, schema, required=number % 2 == 0, requests=False)


def body_field_added(found: Description, number: int) -> bool:
    schema = chosen([*_TYPES], number)
    return _add(found, number, schema, required=False, responses=False)


def required_body_field_added(found: Description, number: int) -> bool:
    schema = chosen([*_TYPES, _OBJECT], number)
    return _add(found, number, schema, required=True, responses=False)


def _remove(found: Description, number: int, now: str | None, **which: bool) -> bool:
    owners = [it for it in found.objects(**which) if len(mapping(it["properties"])) > 1]
    if not owners:
        return False
    owner = chosen(owners, number)
    properties = mapping(owner["properties"])
    name = chosen([*properties], number // 7)
    schema = properties.pop(name)
    if now is not None:
        properties[now := _word(number, properties)] = schema
    if name in _required(owner):
        owner["required"] = [it for it in _required(owner) if it != name]
        if now is not None:
            _required(owner).append(now)
    return True


def field_removed(found: Description, number: int) -> bool:
    return _remove(found, number, None, requests=False)


def body_field_removed(found: Description, number: int) -> bool:
    return _remove(found, number, None, responses=False)


def field_renamed(found: Description, number: int) -> bool:
    return _remove(found, number, "", requests=False)


def body_field_renamed(found: Description, number: int) -> bool:
    return _remove(found, number, "", responses=False)


def field_required_or_not(found: Description, number: int) -> bool:
    if not (owners := found.objects()):
        return False
    owner = chosen(owners, number)
    name = chosen([*mapping(owner["properties"])], number // 5)
    listed = _required(owner)
    if name in listed:
        listed.remove(name)
    else:
        listed.append(name)
    return True


# A limit beside one of these would contradict it.
_FIXED = frozenset({"enum", "default", "format", "pattern", "minLength", "maxLength"})


# ── Facts of a schema ────────────────────────────────────────────────────────────────────────


def type_changed(found: Description, number: int) -> bool:
    if not (fields := found.fields("string", "integer", "boolean", "number")):
        return False
    _, _, schema = chosen(fields, number)
    now = chosen([t for t in ("string", "integer", "boolean") if t != schema["type"]], number // 3)
    null = schema.get("nullable", False)
    schema.clear()
    schema |= {"type": now, **({"nullable": True} if null else {})}
    return True


def value_to_object(found: Description, number: int) -> bool:
    if not (fields := found.fields("string", "integer", "boolean", requests=False)):
        return False
    _, _, schema = chosen(fields, number)
    schema.clear()
    schema |= copy.deepcopy(_OBJECT)
    return True


def value_to_list(found: Description, number: int) -> bool:
    if not (fields := found.fields("string", "integer", "boolean")):
        return False
    _, _, schema = chosen(fields, number)
    was = dict(schema)
    schema.clear()
    schema |= {"type": "array", "items": was}
    return True


def value_to_union(found: Description, number: int) -> bool:
    if not (fields := found.fields("string", "integer")):
        return False
    _, _, schema = chosen(fields, number)
    schema.clear()
    schema |= {"oneOf": [{"type": "string"}, {"type": "integer"}]}
    return True


def null_or_not(found: Description, number: int) -> bool:
    if not (fields := found.fields("string", "integer", "boolean", "array", "object")):
        return False
    _, _, schema = chosen(fields, number)
    schema["nullable"] = not schema.get("nullable", False)
    listed = schema.get("enum")
    if isinstance(listed, list):
        values = [value for value in listed if value is not None]
        schema["enum"] = [*values, *([None] if schema["nullable"] else [])]
    return True


def enum_value_added(found: Description, number: int) -> bool:
    listed = [it["enum"] for it in found.schemas() if "enum" in it]
    if not listed:
        return False
    values = chosen(listed, number)
    assert isinstance(values, list)
    values.insert(0, f"value_{number}")
    return True


def enum_value_removed(found: Description, number: int) -> bool:
    schemas = [it for it in found.schemas() if "enum" in it]
    long = [it for it in schemas if len(_texts(it["enum"])) > 1]
    if not long:
        return False
    schema = chosen(long, number)
    gone = chosen(_texts(schema["enum"]), number // 3)
    values = schema["enum"]
    assert isinstance(values, list)
    values.remove(gone)
    return True


def _texts(value: Json) -> list[str]:
    return [it for it in value if isinstance(it, str)] if isinstance(value, list) else []


def enum_or_not(found: Description, number: int) -> bool:
    fields = [
        field for field in found.fields("string") if not (_FIXED - {"enum"}) & field[2].keys()
    ]
    if not fields:
        return False
    _, _, schema = chosen(fields, number)
    if "enum" in schema:
        del schema["enum"]
    else:
        schema["enum"] = ["one", "two", *([None] if schema.get("nullable") else [])]
        schema.pop("default", None)
    return True


def limit_changed(found: Description, number: int) -> bool:
    fields = found.fields("string", "integer", "array")
    fields = [field for field in fields if not _FIXED & field[2].keys()]
    if not fields:
        return False
    _, _, schema = chosen(fields, number)
    limits = {
        "string": ("maxLength", "minLength"),
        "integer": ("maximum", "minimum"),
        "array": ("maxItems", "minItems"),
    }
    key = chosen([*limits[str(schema["type"])]], number // 5)
    if key in schema and number % 2:
        del schema[key]
    else:
        schema[key] = 3 if key.startswith("m") and "ax" in key else 2
    return True


def format_changed(found: Description, number: int) -> bool:
    fields = [field for field in found.fields("string") if not _FIXED & field[2].keys()]
    if not fields:
        return False
    _, _, schema = chosen(fields, number)
    schema["format"] = chosen(["date-time", "uri", "uuid"], number)
    return True


def pattern_added(found: Description, number: int) -> bool:
    fields = [field for field in found.fields("string") if not _FIXED & field[2].keys()]
    if not fields:
        return False
    _, _, schema = chosen(fields, number)
    schema["pattern"] = "^[a-z]+-[0-9]+$"
    return True


def default_changed(found: Description, number: int) -> bool:
    if not (fields := found.fields("string", "integer", "boolean", responses=False)):
        return False
    _, _, schema = chosen(fields, number)
    defaults: Mapping = {"string": "usual", "integer": 7, "boolean": True}
    if "enum" in schema:
        schema["default"] = chosen(_texts(schema["enum"]), number)
    else:
        schema["default"] = defaults[str(schema["type"])]
    return True


# ── Parameters ───────────────────────────────────────────────────────────────────────────────


def _listed(found: Description, number: int) -> list[Json]:
    _, _, operation = chosen([*found.operations()], number)
    listed = operation.setdefault("parameters", [])
    assert isinstance(listed, list)
    return listed


def parameter_added(found: Description, number: int) -> bool:
    listed = _listed(found, number)
    schema = copy.deepcopy(chosen([*_TYPES[:3], _TYPES[5], _TYPES[6]], number))
    listed.append({"name": f"filter_{number}", "in": "query", "schema": schema})
    return True


def required_parameter_added(found: Description, number: int) -> bool:
    schema = copy.deepcopy(chosen([*_TYPES[:3]], number))
    parameter: Json = {"name": f"by_{number}", "in": "query", "required": True, "schema": schema}
    _listed(found, number).append(parameter)
    return True


def header_parameter_added(found: Description, number: int) -> bool:
    parameter: Json = {"name": "X-GitHub-Reason", "in": "header", "schema": {"type": "string"}}
    _listed(found, number).append(parameter)
    return True


def parameter_removed(found: Description, number: int) -> bool:
    if not (parameters := found.parameters("query")):
        return False
    listed, index, _ = chosen(parameters, number)
    del listed[index]
    return True


def parameter_renamed(found: Description, number: int) -> bool:
    if not (parameters := found.parameters("query")):
        return False
    chosen(parameters, number)[2]["name"] = f"renamed_{number}"
    return True


def parameter_required_or_not(found: Description, number: int) -> bool:
    if not (parameters := found.parameters("query")):
        return False
    parameter = chosen(parameters, number)[2]
    parameter["required"] = not parameter.get("required", False)
    return True


def parameter_type_changed(found: Description, number: int) -> bool:
    both = found.parameters("query") + found.parameters("path")
    if not both:
        return False
    schema = mapping(chosen(both, number)[2]["schema"])
    now = "string" if schema.get("type") == "integer" else "integer"
    schema.clear()
    schema["type"] = now
    return True


def parameter_limit_changed(found: Description, number: int) -> bool:
    if not (parameters := found.parameters("query")):
        return False
    schema = mapping(chosen(parameters, number)[2]["schema"])
    if schema.get("type") == "integer":
        schema["default"] = 50
    else:
        schema["maxLength"] = 50
    return True


def path_parameter_renamed(found: Description, number: int) -> bool:
    paths = mapping(found.data["paths"])
    named = [path for path in paths if "_id}" in path]
    if not named:
        return False
    path = chosen(named, number)
    was = path.rpartition("{")[2].partition("}")[0]
    now = f"the_{was}"
    item = mapping(paths.pop(path))
    for operation in map(mapping, item.values()):
        listed = operation.get("parameters", [])
        assert isinstance(listed, list)
        for index, parameter in enumerate(listed):
            if found.target(parameter).get("name") == was:
                listed[index] = {**copy.deepcopy(found.target(parameter)), "name": now}
    paths[path.replace("{" + was + "}", "{" + now + "}")] = item
    return True


# ── Bodies, responses and headers ────────────────────────────────────────────────────────────


def body_added(found: Description, number: int) -> bool:
    without = [
        it
        for _, method, it in found.operations()
        if "requestBody" not in it and method in ("post", "put", "patch", "delete")
    ]
    if not without:
        return False
    schema: Json = {"type": "object", "properties": {"reason": {"type": "string"}}}
    chosen(without, number)["requestBody"] = {"content": {_JSON: {"schema": schema}}}
    return True


def body_removed(found: Description, number: int) -> bool:
    having = [it for _, _, it in found.operations() if "requestBody" in it]
    if not having:
        return False
    del chosen(having, number)["requestBody"]
    return True


def body_required_or_not(found: Description, number: int) -> bool:
    having = [it for _, _, it in found.operations() if "requestBody" in it]
    if not having:
        return False
    body = found.target(chosen(having, number)["requestBody"])
    body["required"] = not body.get("required", False)
    return True


def body_media_added(found: Description, number: int) -> bool:
    having = [it for _, _, it in found.operations() if "requestBody" in it]
    if not having:
        return False
    body = found.target(chosen(having, number)["requestBody"])
    mapping(body["content"])["text/plain"] = {"schema": {"type": "string"}}
    return True


def media_added(found: Description, number: int) -> bool:
    responses = _responses(found, content=True)
    if not responses:
        return False
    mapping(chosen(responses, number)["content"])["text/html"] = {"schema": {"type": "string"}}
    return True


def _responses(found: Description, *, content: bool) -> list[Mapping]:
    return [
        response
        for _, _, operation in found.operations()
        for response in map(found.target, mapping(operation["responses"]).values())
        if content == bool(response.get("content"))
    ]


def response_emptied(found: Description, number: int) -> bool:
    if not (responses := _responses(found, content=True)):
        return False
    del chosen(responses, number)["content"]
    return True


def response_filled(found: Description, number: int) -> bool:
    if not (responses := _responses(found, content=False)):
        return False
    schema = copy.deepcopy(_OBJECT)
    chosen(responses, number)["content"] = {_JSON: {"schema": schema}}
    return True


def status_added(found: Description, number: int) -> bool:
    _, _, operation = chosen([*found.operations()], number)
    status = chosen(["403", "409", "422", "500", "503"], number // 3)
    schema: Json = {
        "type": "object",
        "properties": {"message": {"type": "string"}, "code": {"type": "integer"}},
    }
    content: Mapping = {"content": {_JSON: {"schema": schema}}} if number % 2 else {}
    mapping(operation["responses"])[status] = {"description": "Response", **content}
    return True


def success_added(found: Description, number: int) -> bool:
    _, _, operation = chosen([*found.operations()], number)
    mapping(operation["responses"])[chosen(["202", "204"], number)] = {"description": "Response"}
    return True


def status_removed(found: Description, number: int) -> bool:
    longer = [it for _, _, it in found.operations() if len(mapping(it["responses"])) > 1]
    if not longer:
        return False
    responses = mapping(chosen(longer, number)["responses"])
    del responses[[*responses][-1]]
    return True


def header_added(found: Description, number: int) -> bool:
    both = _responses(found, content=True) + _responses(found, content=False)
    headers = mapping(chosen(both, number).setdefault("headers", {}))
    headers["X-Poll-Interval"] = {"schema": {"type": "integer"}}
    return True


def header_removed(found: Description, number: int) -> bool:
    having = [it for it in _responses(found, content=True) if it.get("headers")]
    if not having:
        return False
    del chosen(having, number)["headers"]
    return True


# ── Operations ───────────────────────────────────────────────────────────────────────────────


def operation_added(found: Description, number: int) -> bool:
    path, method, operation = chosen([*found.operations()], number)
    paths = mapping(found.data["paths"])
    name = f"{path}/{_WORDS[number % 6].replace('_', '-')}"
    if name in paths or "/actions/" not in path:
        return False
    made = copy.deepcopy(operation)
    made["operationId"] = f"{operation['operationId']}-{number}"
    paths[name] = {method: made}
    return True


def method_added(found: Description, number: int) -> bool:
    paths = mapping(found.data["paths"])
    places = [
        (path, method)
        for path, item in paths.items()
        for method in ("get", "put", "post", "patch", "delete")
        if method not in mapping(item) and "/actions/" in path
    ]
    path, method = chosen(places, number)
    item = mapping(paths[path])
    like = mapping(next(iter(item.values())))
    listed = like.get("parameters", [])
    assert isinstance(listed, list)
    body: Json = {
        "required": True,
        "content": {
            _JSON: {
                "schema": {
                    "type": "object",
                    "required": ["key"],
                    "properties": {"key": {"type": "string"}, "more": copy.deepcopy(_OBJECT)},
                }
            }
        },
    }
    item[method] = {
        "operationId": f"actions/{method}-something-{number}",
        "x-github": {**_FACTS},
        "parameters": [it for it in copy.deepcopy(listed) if found.target(it)["in"] == "path"],
        **({"requestBody": body} if method in ("put", "post", "patch") else {}),
        "responses": {"204": {"description": "Response"}},
    }
    return True


def operation_removed(found: Description, number: int) -> bool:
    every = [(path, method) for path, method, _ in found.operations()]
    # No level loses its last operation.
    levels = [path.partition("/actions/")[0] for path, _ in every]
    several = [one for one, level in zip(every, levels, strict=True) if levels.count(level) > 1]
    if not several:
        return False
    path, method = chosen(several, number)
    paths = mapping(found.data["paths"])
    del mapping(paths[path])[method]
    if not paths[path]:
        del paths[path]
    return True


def resource_added(found: Description, number: int) -> bool:
    paths = mapping(found.data["paths"])
    roots = [path.partition("/actions/")[0] for path in paths if "/actions/" in path]
    roots = [*dict.fromkeys(roots)]
    element: Mapping = {
        "type": "object",
        "required": ["id", "image"],
        "properties": {"id": {"type": "integer"}, "image": copy.deepcopy(_OBJECT)},
    }
    # The same list at every level, written out each time, as GitHub does.
    for root in roots[: 1 + number % 3]:
        parameters: list[Json] = [
            {"name": part[1:-1], "in": "path", "required": True, "schema": {"type": "string"}}
            for part in root.split("/")
            if part.startswith("{")
        ]
        paths[f"{root}/actions/hosted-runners/kinds"] = {
            "get": {
                "operationId": f"actions/list-hosted-runners-for-{root.split('/')[1]}",
                "x-github": {**_FACTS},
                "parameters": parameters,
                "responses": {
                    "200": {
                        "description": "Response",
                        "content": {
                            _JSON: {
                                "schema": {
                                    "type": "object",
                                    "required": ["total_count", "runners"],
                                    "properties": {
                                        "total_count": {"type": "integer"},
                                        "runners": {
                                            "type": "array",
                                            "items": copy.deepcopy(element),
                                        },
                                    },
                                }
                            }
                        },
                    }
                },
            }
        }
    return True


def operation_deprecated(found: Description, number: int) -> bool:
    chosen([*found.operations()], number)[2]["deprecated"] = True
    return True


def operation_id_changed(found: Description, number: int) -> bool:
    chosen([*found.operations()], number)[2]["operationId"] = f"actions/renamed-{number}"
    return True


def docs_moved(found: Description, number: int) -> bool:
    docs: Json = {"url": f"https://docs.github.com/rest/moved#{number}"}
    chosen([*found.operations()], number)[2]["externalDocs"] = docs
    return True


def apps_or_not(found: Description, number: int) -> bool:
    facts = mapping(chosen([*found.operations()], number)[2].setdefault("x-github", {**_FACTS}))
    facts["enabledForGitHubApps"] = not facts.get("enabledForGitHubApps", True)
    return True


def cloud_only_or_not(found: Description, number: int) -> bool:
    facts = mapping(chosen([*found.operations()], number)[2].setdefault("x-github", {**_FACTS}))
    facts["githubCloudOnly"] = not facts.get("githubCloudOnly", False)
    return True


KINDS: dict[str, Kind] = {
    kind.__name__: kind
    for kind in (
        field_added,
        required_field_added,
        object_field_added,
        object_list_added,
        union_field_added,
        body_field_added,
        required_body_field_added,
        field_removed,
        body_field_removed,
        field_renamed,
        body_field_renamed,
        field_required_or_not,
        type_changed,
        value_to_object,
        value_to_list,
        value_to_union,
        null_or_not,
        enum_value_added,
        enum_value_removed,
        enum_or_not,
        limit_changed,
        format_changed,
        pattern_added,
        default_changed,
        parameter_added,
        required_parameter_added,
        header_parameter_added,
        parameter_removed,
        parameter_renamed,
        parameter_required_or_not,
        parameter_type_changed,
        parameter_limit_changed,
        path_parameter_renamed,
        body_added,
        body_removed,
        body_required_or_not,
        body_media_added,
        media_added,
        response_emptied,
        response_filled,
        status_added,
        success_added,
        status_removed,
        header_added,
        header_removed,
        operation_added,
        method_added,
        operation_removed,
        resource_added,
        operation_deprecated,
        operation_id_changed,
        docs_moved,
        apps_or_not,
        cloud_only_or_not,
    )
}

Change = tuple[str, int, bool]


def changed(source: Document, changes: list[Change]) -> Document:
    """Return a description with changes: (kind, number of the place, only for one user)."""
    found = Description(mapping(copy.deepcopy(source.data)))
    for kind, number, alone in changes:
        if alone:
            found.isolate(number)
        KINDS[kind](found, number)
    return Document(name=source.name, data=found.data, locate=dict)
