"""Endpoints of the settings for self-hosted runners of enterprises and organizations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..state.owners import Enterprise, Organization
from . import repository_shapes
from .asked import Answer, Asked, Refusal
from .groups.access import Access, Endpoints


def _enterprise(asked: Asked) -> Enterprise:
    assert isinstance(asked.owner, Enterprise)
    return asked.owner


def _organization(asked: Asked) -> Organization:
    assert isinstance(asked.owner, Organization)
    return asked.owner


def _get_for_enterprise(asked: Asked) -> Any:
    disabled = _enterprise(asked).self_hosted_runners_disabled
    return {"disable_self_hosted_runners_for_all_orgs": disabled}


def _set_for_enterprise(asked: Asked) -> Any:
    disabled = asked["disable_self_hosted_runners_for_all_orgs"]
    _enterprise(asked).self_hosted_runners_disabled = disabled


def _get(asked: Asked) -> Any:
    organization = _organization(asked)
    content: dict[str, Any] = {"enabled_repositories": organization.enabled_repositories}
    if organization.enabled_repositories == "selected":
        path = f"{organization.path}/actions/permissions/self-hosted-runners/repositories"
        content["selected_repositories_url"] = f"{asked.base_url}{path}"
    return content


def _set(asked: Asked) -> Any:
    organization = _organization(asked)
    enterprise, enabled = organization.enterprise, asked["enabled_repositories"]
    disabled = enterprise is not None and enterprise.self_hosted_runners_disabled
    if disabled and enabled != "none":
        raise Refusal(409, "Conflict - The enterprise has disabled self-hosted runners.")
    organization.enabled_repositories = enabled


def _repositories(asked: Asked) -> Access:
    organization = _organization(asked)
    return Access(
        organization.selected_repositories,
        organization.enabled_repositories == "selected",
        organization.users,
    )


ANSWERS: Mapping[str, Answer] = {
    "enterprise.runner_settings.get": _get_for_enterprise,
    "enterprise.runner_settings.set": _set_for_enterprise,
    "org.runner_settings.get": _get,
    "org.runner_settings.set": _set,
    **Endpoints(
        "runner_settings", "repository", _repositories, _repositories, repository_shapes.repository
    ).answers(),
}
