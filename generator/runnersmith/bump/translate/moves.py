"""Operations that have moved: GitHub has one with the same operationId at another path only."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from ...compare import Product
from ...compare.operations import Operation, shape
from ...yaml_edit.values import copied
from ..draft.correspondence import Key
from ..draft.draft import BRACES, KEY, OPERATION, Draft, Mapping, mapping, put
from .operations import OperationTranslator


@dataclass(frozen=True, slots=True)
class Moves:
    """Writer of the operations of a draft that have moved.

    `official` are the operations that the description has. `is_lost` returns whether it has an
    operation in no API version.
    """

    draft: Draft
    endpoints: OperationTranslator
    product: Product
    official: Collection[Key]
    is_lost: Callable[[str], bool]

    def move(self, official: Operation) -> str | None:
        """Move the operation that a new one has been; return its old name, None if it is new.

        All that people have written and decided goes with it. If other products may still have it
        at its old path, it is copied, and a person decides what becomes of the old one.
        """
        if (source := self._source(official)) is None:
            return None
        path, method = source
        operation = self._copy(official, path, method)
        was = f"{method.upper()} {path}"
        if self._stays(was, operation):
            put(operation, "operationId", self.endpoints.identifier(official), OPERATION)
            place = ("paths", official.path, method)
            self.endpoints.extensions.tell_apart(official, mapping(operation[KEY]), place, path)
            what = (
                f"{self.product} has it at {official.path} instead; keep it for the products that "
                "have it here, or delete it and give its method to the other one"
            )
            self.draft.note(("paths", path, method), what)
        else:
            self.draft.forget(path, method)
        self.draft.moved[was] = official.name
        return was

    def _source(self, official: Operation) -> tuple[str, str] | None:
        """Return the old path and the method of a new operation."""
        if official.key[1] in map(shape, self.draft.paths):
            return None
        for path, method, operation in self.draft.operations():
            if (
                operation.get("operationId") == official.node.text("operationId")
                and method == official.method.lower()
                and (official.method, shape(path)) not in self.official
                and self.draft.scope(path) == self.draft.scope(official.path)
                and BRACES.findall(path) == BRACES.findall(official.path)
            ):
                return path, method
        return None

    def _copy(self, official: Operation, path: str, method: str) -> Mapping:
        item = mapping(self.draft.paths[path])
        shared = {"parameters": item["parameters"]} if "parameters" in item else {}
        made = mapping(self.draft.paths[self.endpoints.path(official)])
        made |= mapping(copied({**shared, method: item[method]}))
        return mapping(made[method])

    def _stays(self, name: str, operation: Mapping) -> bool:
        """Return whether the spec keeps an operation at its old path, for other products.

        A release of a server does not remove what earlier ones have.
        """
        listed = mapping(mapping(operation.get(KEY, {})).get("products", {}))
        others = {*listed} - {self.product.name}
        if self.is_lost(name):
            return bool(others) or self.product.release is not None
        return bool(others) and self.product.name != "ghec"
