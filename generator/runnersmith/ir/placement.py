"""Placement of resources: those of all scopes and of the client itself, as one list. Pure.

A document with `x-runnersmith` has scopes with resources. In any other document, the resources
belong to the client itself, and their scope is None.
"""

from __future__ import annotations

from .. import ir


def all_resources(api: ir.Api) -> tuple[tuple[ir.Scope | None, ir.Resource], ...]:
    """Return every resource with its scope, as `(scope, resource)`.

    `scope` is none for a resource of the client itself, as in an output for each resource.
    """
    scoped = ((scope, resource) for scope in api.scopes for resource in scope.resources)
    return (*scoped, *((None, resource) for resource in api.resources))


def all_operations(
    api: ir.Api,
) -> tuple[tuple[ir.Scope | None, ir.Resource, ir.Operation], ...]:
    """Return every operation with its place, as `(scope, resource, operation)`."""
    return tuple(
        (scope, resource, operation)
        for scope, resource in all_resources(api)
        for operation in resource.operations
    )


def call_path(resource: ir.Resource, scope: ir.Scope | None, prefix: str = "") -> str:
    """Return the Python expression for a resource, such as `client.org(org).runners`.

    The arguments of the scope are the names of its parameters, after a prefix such as `args.`.
    """
    if scope is None:
        return f"client.{resource.name}"
    arguments = ", ".join(f"{prefix}{one.name}" for one in scope.parameters)
    return f"client.{scope.name}({arguments}).{resource.name}"
