"""Endpoints of the settings for self-hosted runners of enterprises and organizations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..state.owners import Enterprise, Organization
from . import repository_shapes
from .call import EndpointCall, Handler, Refusal
from .groups.access import Access, Endpoints


def _enterprise(call: EndpointCall) -> Enterprise:
    assert isinstance(call.owner, Enterprise)
    return call.owner


def _organization(call: EndpointCall) -> Organization:
    assert isinstance(call.owner, Organization)
    return call.owner


def _get_for_enterprise(call: EndpointCall) -> Any:
    disabled = _enterprise(call).self_hosted_runners_disabled
    return {"disable_self_hosted_runners_for_all_orgs": disabled}


def _set_for_enterprise(call: EndpointCall) -> Any:
    disabled = call["disable_self_hosted_runners_for_all_orgs"]
    _enterprise(call).self_hosted_runners_disabled = disabled


def _get(call: EndpointCall) -> Any:
    organization = _organization(call)
    content: dict[str, Any] = {"enabled_repositories": organization.enabled_repositories}
    if organization.enabled_repositories == "selected":
        path = f"{organization.path}/actions/permissions/self-hosted-runners/repositories"
        content["selected_repositories_url"] = f"{call.base_url}{path}"
    return content


def _set(call: EndpointCall) -> Any:
    organization = _organization(call)
    enterprise, enabled = organization.enterprise, call["enabled_repositories"]
    disabled = enterprise is not None and enterprise.self_hosted_runners_disabled
    if disabled and enabled != "none":
        raise Refusal(409, "Conflict - The enterprise has disabled self-hosted runners.")
    organization.enabled_repositories = enabled


def _repositories(call: EndpointCall) -> Access:
    organization = _organization(call)
    return Access(
        organization.selected_repositories,
        organization.enabled_repositories == "selected",
        organization.users,
    )


HANDLERS: Mapping[str, Handler] = {
    "enterprise.runner_settings.get": _get_for_enterprise,
    "enterprise.runner_settings.set": _set_for_enterprise,
    "org.runner_settings.get": _get,
    "org.runner_settings.set": _set,
    **Endpoints(
        "runner_settings", "repository", _repositories, _repositories, repository_shapes.repository
    ).handlers(),
}
