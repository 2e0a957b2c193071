"""Endpoints of hosted runners: list, create, get, update and delete, and their limits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..checks.values import refusal
from ..state.groups import RunnerGroup
from ..state.hosted.images import LATEST, AnyImage, CustomImage, MachineSize
from ..state.hosted.runners import ADDRESSES, NAME, HostedRunner, Machines
from . import hosted_shapes as shapes
from .call import EndpointCall, Handler, Listed, Refusal
from .groups.lookup import group_of


def found(call: EndpointCall) -> HostedRunner:
    """Return the hosted runner of a call. Raises Refusal (404) without one."""
    return call.one_of(call.group_owner.hosted_runners, "hosted_runner_id")


def _list(call: EndpointCall) -> Any:
    runners = list(call.group_owner.hosted_runners.values())
    ordered = call.world.in_list_order(runners)
    return Listed(ordered, lambda it: shapes.hosted_runner(call, it))


def _list_of_group(call: EndpointCall) -> Any:
    group = group_of(call)
    runners = [it for it in group.owner.hosted_runners.values() if it.group is group]
    group_id = group.id_in(call.group_owner)

    def shown(it: HostedRunner) -> Any:
        return {**shapes.hosted_runner(call, it), "runner_group_id": group_id}

    return Listed(call.world.in_list_order(runners), shown)


def _get(call: EndpointCall) -> Any:
    return shapes.hosted_runner(call, found(call))


def _create(call: EndpointCall) -> Any:
    group, image = _group(call), call["image"]
    _check_name(call, call["name"])
    for field in ("id", "source"):
        if field not in image:
            raise _invalid(f"image.{field}", "is missing", code="missing_field")
    used = _image(call, image["id"], image["source"])
    version = _version(used, image.get("version"))
    size = _size(call, call["size"])
    _check_fit(used, size)
    _check_maximum(call)
    public_ip = call.get("enable_static_ip", False)
    _check_public_ips(call, public_ip)
    runner = call.group_owner.add_hosted_runner(
        call["name"],
        image=used,
        image_version=version,
        size=size.id,
        group=group,
        maximum_runners=call.get("maximum_runners"),
        public_ip=public_ip,
        image_gen=call.get("image_gen", False),
        ready=False,
    )
    return shapes.hosted_runner(call, runner)


def _update(call: EndpointCall) -> Any:
    runner = found(call)
    if runner.status == "Deleting":
        raise Refusal(409, f'Conflict - The runner "{runner.name}" is being deleted.')
    group = _group(call) if "runner_group_id" in call else runner.group
    name = call.get("name", runner.name)
    _check_name(call, name, runner)
    image, version = _image_after(call, runner)
    size = _size(call, call["size"]) if "size" in call else runner.size
    _check_fit(image, size)
    _check_maximum(call)
    public_ip = call.get("enable_static_ip", runner.public_ip_enabled)
    needs_ip = public_ip and not runner.public_ip_enabled
    _check_public_ips(call, needs_ip)

    # Only these changes need other machines.
    machines = (runner.image, runner.image_version, runner.size)
    again = needs_ip or (image, version, size) != machines
    runner.name, runner.group = name, group
    runner.image, runner.image_version, runner.size = image, version, size
    runner.maximum_runners = call.get("maximum_runners", runner.maximum_runners)
    runner.public_ip_enabled = public_ip
    runner.image_gen = call.get("image_gen", runner.image_gen)
    if again:
        runner.provision()
    return shapes.hosted_runner(call, runner)


def _delete(call: EndpointCall) -> Any:
    runner = found(call)
    runner.delete()
    return shapes.hosted_runner(call, runner)


def _limits(call: EndpointCall) -> Any:
    owner = call.group_owner
    usage = {"maximum": owner.public_ip_limit, "current_usage": owner.public_ips_in_use}
    return {"public_ips": usage}


# ── Validation of arguments ──────────────────────────────────────────────────────────────────


def _group(call: EndpointCall) -> RunnerGroup:
    return call.one_of(call.group_owner.groups, "runner_group_id")


def _image(call: EndpointCall, image_id: str, source: str) -> AnyImage:
    image: AnyImage | None = call.world.catalog.image(image_id, source)
    if source == "custom":
        customs = call.group_owner.custom_images.values()
        image = next((it for it in customs if str(it.id) == image_id), None)
    if image is None:
        raise _invalid("image", f'"{image_id}" is no image of the source {source}')
    return image


def _image_after(call: EndpointCall, runner: HostedRunner) -> tuple[AnyImage, str]:
    """Return the image and the version of a runner after an update."""
    image = runner.image
    if "image_id" in call or "image_source" in call:
        image_id = call.get("image_id", str(image.id))
        image = _image(call, image_id, call.get("image_source", image.source))
    kept = runner.image_version if image is runner.image else None
    return image, _version(image, call.get("image_version", kept))


def _version(image: AnyImage, version: str | None) -> str:
    known = image.versions if isinstance(image, CustomImage) else (LATEST,)
    if not known:
        raise _invalid("image", f'"{image.id}" has no version')
    if version not in (None, LATEST, *known):
        raise _invalid("image_version", f'"{version}" is no version of the image "{image.id}"')
    return version or LATEST


def _size(call: EndpointCall, size_id: str) -> MachineSize:
    size = call.world.catalog.machine_size(size_id)
    if size is None:
        raise _invalid("size", f'"{size_id}" is no machine size')
    return size


def _check_fit(image: AnyImage, size: MachineSize) -> None:
    if image.platform not in size.platforms:
        raise _invalid("size", f'"{size.id}" does not run images for {image.platform}')


def _check_name(call: EndpointCall, name: str, runner: HostedRunner | None = None) -> None:
    if not NAME.fullmatch(name):
        raise _invalid("name", "must have 1 to 64 letters, digits, dots, hyphens or underscores")
    if call.group_owner.find_hosted_runner(name) not in (None, runner):
        raise Refusal(409, f"Already exists - A runner with the name {name} already exists.")


def _check_maximum(call: EndpointCall) -> None:
    if refusal(Machines, call.get("maximum_runners", 1)) is not None:
        raise _invalid("maximum_runners", "must be between 1 and 1000")


def _check_public_ips(call: EndpointCall, needed: bool) -> None:
    owner = call.group_owner
    left = owner.public_ip_limit - owner.public_ips_in_use
    if needed and left < ADDRESSES:
        raise _invalid("enable_static_ip", "exceeds the limit of static public IP addresses")


def _invalid(field: str, reason: str, *, code: str = "invalid") -> Refusal:
    error = {"resource": "HostedRunner", "field": field, "code": code}
    return Refusal(422, f"Validation Failed: {field} {reason}", errors=[error])


HANDLERS: Mapping[str, Handler] = {
    "hosted_runners.list": _list,
    "hosted_runners.create": _create,
    "hosted_runners.get": _get,
    "hosted_runners.update": _update,
    "hosted_runners.delete": _delete,
    "hosted_runners.get_limits": _limits,
    "runner_groups.list_hosted_runners": _list_of_group,
}
