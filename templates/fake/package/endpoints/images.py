"""Endpoints of images, machine sizes and platforms for hosted runners."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..state.hosted.images import CustomImage, ImageVersion
from . import hosted_shapes as shapes
from .call import EndpointCall, Handler, Refusal


def _found(call: EndpointCall) -> CustomImage:
    return call.one_of(call.group_owner.custom_images, "image_definition_id")


def _found_version(call: EndpointCall) -> ImageVersion:
    return call.one_of(_found(call).versions, "version")


def _github_owned(call: EndpointCall) -> Any:
    return shapes.whole("images", [shapes.image(it) for it in call.world.catalog.github_images])


def _partner(call: EndpointCall) -> Any:
    return shapes.whole("images", [shapes.image(it) for it in call.world.catalog.partner_images])


def _custom(call: EndpointCall) -> Any:
    images = call.world.in_list_order(list(call.group_owner.custom_images.values()))
    return shapes.whole("images", [shapes.custom_image(it) for it in images])


def _get(call: EndpointCall) -> Any:
    return shapes.custom_image(_found(call))


def _delete(call: EndpointCall) -> Any:
    image = _found(call)
    try:
        image.remove()
    except ValueError as problem:
        raise _in_use(problem) from None


def _versions(call: EndpointCall) -> Any:
    found = _found(call).versions.values()
    return shapes.whole("image_versions", [shapes.image_version(call, it) for it in found])


def _get_version(call: EndpointCall) -> Any:
    return shapes.image_version(call, _found_version(call))


def _delete_version(call: EndpointCall) -> Any:
    image, version = _found(call), _found_version(call)
    try:
        image.remove_version(version.version)
    except ValueError as problem:
        raise _in_use(problem) from None


def _in_use(problem: ValueError) -> Refusal:
    return Refusal(422, f"Bad request - {problem}")


def _machine_sizes(call: EndpointCall) -> Any:
    sizes = [shapes.machine_size(it) for it in call.world.catalog.machine_sizes]
    return shapes.whole("machine_specs", sizes)


def _platforms(call: EndpointCall) -> Any:
    return shapes.whole("platforms", call.world.catalog.platforms)


HANDLERS: Mapping[str, Handler] = {
    "hosted_runners.list_github_owned_images": _github_owned,
    "hosted_runners.list_partner_images": _partner,
    "hosted_runners.list_custom_images": _custom,
    "hosted_runners.get_custom_image": _get,
    "hosted_runners.delete_custom_image": _delete,
    "hosted_runners.list_custom_image_versions": _versions,
    "hosted_runners.get_custom_image_version": _get_version,
    "hosted_runners.delete_custom_image_version": _delete_version,
    "hosted_runners.list_machine_sizes": _machine_sizes,
    "hosted_runners.list_platforms": _platforms,
}
