"""One successful call of each operation of a fake GitHub: what it changes and what it returns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from fake.scopes import owner_of
from ghrunners.fake import (
    CustomImage,
    Enterprise,
    FakeGitHub,
    HostedRunner,
    Organization,
    Repository,
    Runner,
    RunnerGroup,
)


class Stage:
    """An owner with two runners; in groups, with a hosted runner, an image and selected users."""

    def __init__(self, github: FakeGitHub, kind: str) -> None:
        self.github = github
        self.owner = owner_of(github, kind)
        self.github.org().enabled_repositories = "selected"
        self.github.org().selected_repositories = [github.repo().id]
        self.user: Organization | Repository = github.repo()
        self.other: Organization | Repository = github.org().add_repository("rockets")
        self.team: RunnerGroup | None = None
        if kind == "enterprise":
            self.user, self.other = github.org(), github.enterprise().add_organization("octo-labs")
        if isinstance(self.owner, Enterprise | Organization):
            self.team = self.owner.add_group("team", visibility="selected", selected=[self.user])
            self.spare: RunnerGroup = self.owner.add_group("spare")
            self.hosted: HostedRunner = self.owner.add_hosted_runner("large", group=self.team)
            self.image: CustomImage = self.owner.add_custom_image(
                "img", versions=["1.0.0", "2.0.0"]
            )
        self.runner: Runner = self.owner.add_runner("r", labels=["gpu"], group=self.team)
        self.idle: Runner = self.owner.add_runner("idle")

    @property
    def users(self) -> str:
        """What can be selected, as parameters have it."""
        return "organization" if isinstance(self.owner, Enterprise) else "repository"

    def chosen(self, *users: Organization | Repository) -> dict[str, Any]:
        """The argument with the ids of selected ones."""
        return {f"selected_{self.users}_ids": [it.id for it in users]}

    def one(self, user: Organization | Repository) -> dict[str, Any]:
        """The argument with the id of one of them."""
        return {"org_id" if self.users == "organization" else "repository_id": user.id}

    def seen(self) -> dict[str, Any]:
        """All that operations can change, by what it is."""
        found: dict[str, Any] = {
            "settings": (
                self.github.enterprise().self_hosted_runners_disabled,
                self.github.org().enabled_repositories,
                _names(self, self.github.org().selected_repositories),
            )
        }
        for it in self.owner.runners.values():
            group = None if it.group is None else it.group.name
            found[f"runner {it.name}"] = (it.labels, it.status, group)
        if isinstance(self.owner, Enterprise | Organization):
            for one in self.owner.groups.values():
                selected = _names(self, one.selected)
                found[f"group {one.name}"] = (one.visibility, selected)
            for hosted in self.owner.hosted_runners.values():
                group = hosted.group.name
                found[f"hosted {hosted.name}"] = (hosted.status, hosted.size.id, group)
            for image in self.owner.custom_images.values():
                found[f"image {image.name}"] = [*image.versions]
        return found


def _names(stage: Stage, ids: list[int]) -> list[str]:
    known = {it.id: it.name for it in (stage.user, stage.other, stage.github.repo())}
    return [known[one] for one in ids]


def _nothing(stage: Stage) -> dict[str, Any]:
    del stage
    return {}


def _none(stage: Stage) -> None:
    del stage


@dataclass
class Case:
    """A call with its arguments, what it returns, and what it changes; None for what is then gone.

    `returns` is compared with what `read` returns for the result.
    """

    arguments: Callable[[Stage], dict[str, Any]] = _nothing
    read: Callable[[Any], Any] = lambda result: result
    returns: Callable[[Stage], Any] = _none
    changes: Mapping[str, Any] = field(default_factory=dict[str, Any])


def _runner(stage: Stage) -> dict[str, Any]:
    return {"runner_id": stage.runner.id}


def _team(stage: Stage) -> dict[str, Any]:
    assert stage.team is not None
    return {"runner_group_id": stage.team.id}


def _hosted(stage: Stage) -> dict[str, Any]:
    return {"hosted_runner_id": stage.hosted.id}


def _image(stage: Stage) -> dict[str, Any]:
    return {"image_definition_id": stage.image.id}


def _name(result: Any) -> str:
    name: str = result.name
    return name


def _names_of(result: Any) -> list[str]:
    return [it.name for it in result]


def _labels(result: Any) -> list[str]:
    return [it.name for it in result.labels]


def _ids(result: Any) -> list[Any]:
    return [it.id for it in result]


def _is_long(result: Any) -> bool:
    return len(result.token) > 20


def _true(stage: Stage) -> bool:
    del stage
    return True


def _value(value: Any) -> Callable[[Stage], Any]:
    return lambda _stage: value


def _user(stage: Stage) -> list[str]:
    return [stage.user.name]


def _user_name(stage: Stage) -> str:
    return stage.user.name


def _other(stage: Stage) -> list[str]:
    return [stage.other.name]


def _both(stage: Stage) -> list[str]:
    return [stage.user.name, stage.other.name]


def _group(stage: Stage) -> str | None:
    return None if stage.team is None else "team"


# Values of arguments that a successful call may have as well.
OPTIONAL: Mapping[str, Any] = {
    "name": "r",
    "work_folder": "_work",
    "visible_to_organization": _user_name,
    "visible_to_repository": _user_name,
    "runner_group_id": 1,
    "allows_public_repositories": True,
    "network_configuration_id": "N1",
    "restricted_to_workflows": True,
    "selected_workflows": _value(["octo-org/octo-repo/.github/workflows/ci.yml@main"]),
    "maximum_runners": 5,
    "enable_static_ip": True,
    "image_gen": True,
    "image_id": "ubuntu-24.04",
    "image_source": "github",
    "image_version": "latest",
}

SYSTEM = ["self-hosted", "Linux", "X64"]
_CASES: Mapping[str, Case] = {
    # ── Runners ──
    "runners.list": Case(_nothing, _names_of, _value(["r", "idle"])),
    "runners.get": Case(_runner, _name, _value("r")),
    "runners.delete": Case(_runner, changes={"runner r": None}),
    "runners.list_applications": Case(
        _nothing, lambda it: {one.os for one in it}, _value({"linux", "osx", "win"})
    ),
    "runners.generate_jit_config": Case(
        _value({"name": "new", "runner_group_id": 1, "labels": ["gpu"]}),
        lambda it: (it.runner.name, it.runner.ephemeral, len(it.encoded_jit_config) > 100),
        _value(("new", True, True)),
        {"runner new": (["gpu"], "offline", "Default")},
    ),
    "runners.create_registration_token": Case(_nothing, _is_long, _true),
    "runners.create_remove_token": Case(_nothing, _is_long, _true),
    "runners.list_labels": Case(_runner, _labels, _value([*SYSTEM, "gpu"])),
    "runners.add_labels": Case(
        lambda stage: {**_runner(stage), "labels": ["ssd"]},
        _labels,
        _value([*SYSTEM, "gpu", "ssd"]),
        {"runner r": (["gpu", "ssd"], "online", _group)},
    ),
    "runners.set_labels": Case(
        lambda stage: {**_runner(stage), "labels": ["ssd"]},
        _labels,
        _value([*SYSTEM, "ssd"]),
        {"runner r": (["ssd"], "online", _group)},
    ),
    "runners.remove_all_labels": Case(
        _runner, _labels, _value(SYSTEM), {"runner r": ([], "online", _group)}
    ),
    "runners.remove_label": Case(
        lambda stage: {**_runner(stage), "name": "GPU"},
        _labels,
        _value(SYSTEM),
        {"runner r": ([], "online", _group)},
    ),
    "runners.get_deprecation": Case(
        _value({"version": "2.330.0"}), lambda it: it.runner_version, _value("2.330.0")
    ),
    # ── Runner groups ──
    # An organization inherits the default group of its enterprise.
    "runner_groups.list": Case(
        _nothing,
        lambda it: _names_of(it)[:3],
        _value(["Default", "team", "spare"]),
    ),
    "runner_groups.create": Case(
        lambda stage: {
            "name": "new",
            "visibility": "selected",
            "runners": [stage.idle.id],
            **stage.chosen(stage.other),
        },
        _name,
        _value("new"),
        {
            "group new": ("selected", _other),
            "runner idle": ([], "online", "new"),
        },
    ),
    "runner_groups.get": Case(_team, _name, _value("team")),
    "runner_groups.update": Case(
        lambda stage: {**_team(stage), "name": "crew", "visibility": "all"},
        _name,
        _value("crew"),
        {
            "group team": None,
            "group crew": ("all", _user),
            "runner r": (["gpu"], "online", "crew"),
            "hosted large": ("Ready", "4-core", "crew"),
        },
    ),
    "runner_groups.delete": Case(
        _team,
        changes={
            "group team": None,
            "runner r": (["gpu"], "online", "Default"),
            "hosted large": ("Ready", "4-core", "Default"),
        },
    ),
    "runner_groups.list_runners": Case(_team, _names_of, _value(["r"])),
    "runner_groups.set_runners": Case(
        lambda stage: {**_team(stage), "runners": [stage.idle.id]},
        changes={"runner r": (["gpu"], "online", "Default"), "runner idle": ([], "online", "team")},
    ),
    "runner_groups.add_runner": Case(
        lambda stage: {**_team(stage), "runner_id": stage.idle.id},
        changes={"runner idle": ([], "online", "team")},
    ),
    "runner_groups.remove_runner": Case(
        lambda stage: {**_team(stage), **_runner(stage)},
        changes={"runner r": (["gpu"], "online", "Default")},
    ),
    "runner_groups.list_hosted_runners": Case(_team, _names_of, _value(["large"])),
    # ── Hosted runners ──
    "hosted_runners.list": Case(_nothing, _names_of, _value(["large"])),
    "hosted_runners.create": Case(
        lambda stage: {
            "name": "new",
            "image": {"id": "ubuntu-24.04", "source": "github"},
            "size": "4-core",
            "runner_group_id": stage.spare.id,
        },
        lambda it: (it.name, it.status),
        _value(("new", "Provisioning")),
        {"hosted new": ("Provisioning", "4-core", "spare")},
    ),
    "hosted_runners.get": Case(_hosted, _name, _value("large")),
    "hosted_runners.update": Case(
        lambda stage: {**_hosted(stage), "name": "larger", "size": "8-core"},
        lambda it: (it.name, it.machine_size_details.id),
        _value(("larger", "8-core")),
        {"hosted large": None, "hosted larger": ("Provisioning", "8-core", "team")},
    ),
    "hosted_runners.delete": Case(
        _hosted,
        lambda it: it.status,
        _value("Deleting"),
        {"hosted large": ("Deleting", "4-core", "team")},
    ),
    "hosted_runners.list_github_owned_images": Case(
        _nothing,
        lambda it: _ids(it.images),
        lambda stage: _ids(stage.github.world.catalog.github_images),
    ),
    "hosted_runners.list_partner_images": Case(
        _nothing,
        lambda it: _ids(it.images),
        lambda stage: _ids(stage.github.world.catalog.partner_images),
    ),
    "hosted_runners.list_custom_images": Case(
        _nothing, lambda it: _names_of(it.images), _value(["img"])
    ),
    "hosted_runners.get_custom_image": Case(_image, _name, _value("img")),
    "hosted_runners.delete_custom_image": Case(_image, changes={"image img": None}),
    "hosted_runners.list_custom_image_versions": Case(
        _image, lambda it: [one.version for one in it.image_versions], _value(["2.0.0", "1.0.0"])
    ),
    "hosted_runners.get_custom_image_version": Case(
        lambda stage: {**_image(stage), "version": "1.0.0"}, lambda it: it.version, _value("1.0.0")
    ),
    "hosted_runners.delete_custom_image_version": Case(
        lambda stage: {**_image(stage), "version": "1.0.0"}, changes={"image img": ["2.0.0"]}
    ),
    "hosted_runners.get_limits": Case(
        _nothing, lambda it: (it.public_ips.maximum, it.public_ips.current_usage), _value((50, 0))
    ),
    "hosted_runners.list_machine_sizes": Case(
        _nothing,
        lambda it: _ids(it.machine_specs),
        lambda stage: _ids(stage.github.world.catalog.machine_sizes),
    ),
    "hosted_runners.list_platforms": Case(
        _nothing,
        lambda it: list(it.platforms),
        lambda stage: list(stage.github.world.catalog.platforms),
    ),
    # ── Settings ──
    "enterprise.runner_settings.get": Case(
        _nothing, lambda it: it.disable_self_hosted_runners_for_all_orgs, _value(False)
    ),
    "enterprise.runner_settings.set": Case(
        _value({"disable_self_hosted_runners_for_all_orgs": True}),
        changes={"settings": (True, "selected", ["octo-repo"])},
    ),
    "org.runner_settings.get": Case(
        _nothing, lambda it: it.enabled_repositories, _value("selected")
    ),
    "org.runner_settings.set": Case(
        _value({"enabled_repositories": "none"}),
        changes={"settings": (False, "none", ["octo-repo"])},
    ),
    "runner_settings.list_repositories": Case(_nothing, _names_of, _value(["octo-repo"])),
    "runner_settings.set_repositories": Case(
        lambda stage: stage.chosen(stage.other),
        changes={"settings": (False, "selected", ["rockets"])},
    ),
    "runner_settings.add_repository": Case(
        lambda stage: stage.one(stage.other),
        changes={"settings": (False, "selected", ["octo-repo", "rockets"])},
    ),
    "runner_settings.remove_repository": Case(
        lambda stage: stage.one(stage.user), changes={"settings": (False, "selected", [])}
    ),
}
# Who is selected to use a group, in an enterprise and in an organization.
CASES: Mapping[str, Case] = {
    **_CASES,
    **{
        f"runner_groups.{verb}_{noun}": case
        for many, one in (("organizations", "organization"), ("repositories", "repository"))
        for verb, noun, case in (
            (
                "list",
                many,
                Case(
                    _team,
                    lambda it: [getattr(one, "login", None) or one.name for one in it],
                    lambda stage: [stage.user.name],
                ),
            ),
            (
                "set",
                many,
                Case(
                    lambda stage: {**_team(stage), **stage.chosen(stage.other)},
                    changes={"group team": ("selected", _other)},
                ),
            ),
            (
                "add",
                one,
                Case(
                    lambda stage: {**_team(stage), **stage.one(stage.other)},
                    changes={
                        "group team": (
                            "selected",
                            _both,
                        )
                    },
                ),
            ),
            (
                "remove",
                one,
                Case(
                    lambda stage: {**_team(stage), **stage.one(stage.user)},
                    changes={"group team": ("selected", [])},
                ),
            ),
        )
    },
}


def case_of(operation: str) -> Case:
    """Return the case of an operation such as `org.runners.list`. Fails without one."""
    found = found_case(operation)
    assert found is not None, f"tests/fake/coverage_cases.py has no case for {operation}"
    return found


def found_case(operation: str) -> Case | None:
    """Return the case of an operation; None without one."""
    return CASES.get(operation) or CASES.get(operation.partition(".")[2])
