"""Kinds of random change of operations: parameters, bodies, responses, and operations as a whole."""

from __future__ import annotations

import copy

from bump.random_description import (
    FACTS,
    JSON,
    OBJECT,
    TYPES,
    WORDS,
    Description,
    Mapping,
    chosen,
)
from compare.comparison_specs import mapping
from runnersmith.openapi.document import Json

# ── Parameters ───────────────────────────────────────────────────────────────────────────────


def _listed(found: Description, number: int) -> list[Json]:
    _, _, operation = chosen([*found.operations()], number)
    listed = operation.setdefault("parameters", [])
    assert isinstance(listed, list)
    return listed


def parameter_added(found: Description, number: int) -> bool:
    listed = _listed(found, number)
    schema = copy.deepcopy(chosen([*TYPES[:3], TYPES[5], TYPES[6]], number))
    listed.append({"name": f"filter_{number}", "in": "query", "schema": schema})
    return True


def required_parameter_added(found: Description, number: int) -> bool:
    schema = copy.deepcopy(chosen([*TYPES[:3]], number))
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
    chosen(without, number)["requestBody"] = {"content": {JSON: {"schema": schema}}}
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
    schema = copy.deepcopy(OBJECT)
    chosen(responses, number)["content"] = {JSON: {"schema": schema}}
    return True


def status_added(found: Description, number: int) -> bool:
    _, _, operation = chosen([*found.operations()], number)
    status = chosen(["403", "409", "422", "500", "503"], number // 3)
    schema: Json = {
        "type": "object",
        "properties": {"message": {"type": "string"}, "code": {"type": "integer"}},
    }
    content: Mapping = {"content": {JSON: {"schema": schema}}} if number % 2 else {}
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
    name = f"{path}/{WORDS[number % 6].replace('_', '-')}"
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
            JSON: {
                "schema": {
                    "type": "object",
                    "required": ["key"],
                    "properties": {"key": {"type": "string"}, "more": copy.deepcopy(OBJECT)},
                }
            }
        },
    }
    item[method] = {
        "operationId": f"actions/{method}-something-{number}",
        "x-github": {**FACTS},
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
        "properties": {"id": {"type": "integer"}, "image": copy.deepcopy(OBJECT)},
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
                "x-github": {**FACTS},
                "parameters": parameters,
                "responses": {
                    "200": {
                        "description": "Response",
                        "content": {
                            JSON: {
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


def operation_moved(found: Description, number: int) -> bool:
    """Move an operation to another path, with what its old path states for all methods."""
    path, method, operation = chosen([*found.operations()], number)
    paths = mapping(found.data["paths"])
    name = f"{path}/{WORDS[number % 6].replace('_', '-')}"
    if name in paths or "/actions/" not in path:
        return False
    item = mapping(paths[path])
    del item[method]
    shared = {key: value for key, value in item.items() if not isinstance(value, dict)}
    paths[name] = {**shared, method: operation}
    if shared == item:
        del paths[path]
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
    facts = mapping(chosen([*found.operations()], number)[2].setdefault("x-github", {**FACTS}))
    facts["enabledForGitHubApps"] = not facts.get("enabledForGitHubApps", True)
    return True


def cloud_only_or_not(found: Description, number: int) -> bool:
    facts = mapping(chosen([*found.operations()], number)[2].setdefault("x-github", {**FACTS}))
    facts["githubCloudOnly"] = not facts.get("githubCloudOnly", False)
    return True
