"""Endpoints of images, machine sizes and platforms for hosted runners."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..state.hosted.images import CustomImage, ImageVersion
from . import hosted_shapes as shapes
from .asked import Answer, Asked, Refusal


def _found(asked: Asked) -> CustomImage:
    return asked.one_of(asked.group_owner.custom_images, "image_definition_id")


def _found_version(asked: Asked) -> ImageVersion:
    return asked.one_of(_found(asked).versions, "version")


def _github_owned(asked: Asked) -> Any:
    return shapes.whole("images", [shapes.image(it) for it in asked.world.catalog.github_images])


def _partner(asked: Asked) -> Any:
    return shapes.whole("images", [shapes.image(it) for it in asked.world.catalog.partner_images])


def _custom(asked: Asked) -> Any:
    images = asked.world.in_list_order(list(asked.group_owner.custom_images.values()))
    return shapes.whole("images", [shapes.custom_image(it) for it in images])


def _get(asked: Asked) -> Any:
    return shapes.custom_image(_found(asked))


def _delete(asked: Asked) -> Any:
    image = _found(asked)
    try:
        image.remove()
    except ValueError as problem:
        raise _in_use(problem) from None


def _versions(asked: Asked) -> Any:
    found = _found(asked).versions.values()
    return shapes.whole("image_versions", [shapes.image_version(asked, it) for it in found])


def _get_version(asked: Asked) -> Any:
    return shapes.image_version(asked, _found_version(asked))


def _delete_version(asked: Asked) -> Any:
    image, version = _found(asked), _found_version(asked)
    try:
        image.remove_version(version.version)
    except ValueError as problem:
        raise _in_use(problem) from None


def _in_use(problem: ValueError) -> Refusal:
    return Refusal(422, f"Bad request - {problem}")


def _machine_sizes(asked: Asked) -> Any:
    sizes = [shapes.machine_size(it) for it in asked.world.catalog.machine_sizes]
    return shapes.whole("machine_specs", sizes)


def _platforms(asked: Asked) -> Any:
    return shapes.whole("platforms", asked.world.catalog.platforms)


ANSWERS: Mapping[str, Answer] = {
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
