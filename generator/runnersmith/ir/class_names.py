"""Class names of the schemas of a document: of its components, and of objects inline in others. Pure.

An inline object is named after its place. If a component or another inline object has that name,
a digest of the place is added. Of several inline objects, the one whose words are closest to the
name has it, wherever it is in the document.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from ..openapi.document import Pointer
from . import distinct, names
from .naming import Naming
from .words import digest, effort

NONE: Mapping[str, Pointer] = MappingProxyType({})


class ClassNames:
    """Class names of one document, as they are found.

    `preferred` are the inline objects that must have a name.
    """

    def __init__(
        self,
        naming: Naming,
        components: Iterable[str] = (),
        preferred: Mapping[str, Pointer] = NONE,
    ) -> None:
        self._naming = naming
        self._components: Mapping[str, str] = naming.names(distinct.classes(components), "schemas")
        self._reserved: frozenset[str] = frozenset(self._components.values())
        self._inline: dict[str, dict[Pointer, str]] = {}
        self._preferred: Mapping[str, Pointer] = preferred

    def component(self, pointer: Pointer) -> str | None:
        """Return the key of a component; None for another place, or if components have no names."""
        is_component = pointer[:-1] == ("components", "schemas")
        key = str(pointer[-1]) if is_component else ""
        return key if key in self._components else None

    def name(self, pointer: Pointer, *words: str) -> str:
        """Return the class name of the schema at a place, which is named with words there."""
        if (key := self.component(pointer)) is not None:
            return self._components[key]
        name = names.class_name(*words)
        if name in self._reserved:
            name += "Inline"
        inline = self._inline.setdefault(name, {})
        inline.setdefault(pointer, ".".join(words))
        owner = self._preferred.get(name) or next(iter(inline))
        if name in self._reserved or owner != pointer:
            name = f"{name}_{digest(_written(pointer))}"
        return self._naming.name(name, "schemas")

    def preferred(self) -> Mapping[str, Pointer]:
        """Return the inline objects that must have a name that several would have.

        It is what was given if these have it.
        """
        closest = {
            name: min(inline, key=lambda it: (effort(inline[it], name), _written(it)))
            for name, inline in self._inline.items()
            if len(inline) > 1
        }
        first = {name: next(iter(self._inline[name])) for name in closest}
        return self._preferred if {**first, **self._preferred} == closest else closest


def _written(pointer: Pointer) -> str:
    return "/".join(map(str, pointer))
