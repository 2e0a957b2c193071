"""Base classes of models, and `UNSET`, the default of an optional argument.

Pure. Unset is not null: an unset argument is not sent. A model is frozen. It cannot be part of a
reference cycle, so the garbage collector does not track it.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any, ClassVar, NoReturn, Self, TypeAlias

from msgspec import UNSET, Struct, UnsetType, field

from .redaction import MASK

__all__ = [
    "EXTRA_KEY",
    "KIND_KEY",
    "NO_EXTRA",
    "UNSET",
    "Model",
    "OpenModel",
    "SecretModel",
    "Unset",
]

Unset: TypeAlias = UnsetType

# The key of an object's extras where msgspec encodes it by itself. It is never sent.
EXTRA_KEY = "(extra)"
# The key by which msgspec recognizes an object that has conditions: `response/open_models.py` adds
# it. It is never sent.
KIND_KEY = "(kind)"


class _NoExtra(dict[str, Any]):
    """The extras of an object without any: one empty dict for all, which cannot be changed."""

    __slots__ = ()

    def __hash__(self) -> int:  # type: ignore[override]  # it cannot change
        return 0

    def __reduce__(self) -> str:
        # A copy or a pickle of it is the same object.
        return "NO_EXTRA"


def _refuse(*_: object, **__: object) -> NoReturn:
    raise TypeError("extra cannot be changed: use msgspec.structs.replace(model, extra=...)")


for _name in "__setitem__ __delitem__ __ior__ clear pop popitem setdefault update".split():
    setattr(_NoExtra, _name, _refuse)

NO_EXTRA: Mapping[str, Any] = _NoExtra()


class Model(Struct, frozen=True, kw_only=True, gc=False):
    """Base class of the API's objects."""


class OpenModel(
    Model, frozen=True, kw_only=True, gc=False, forbid_unknown_fields=True, omit_defaults=True
):
    """Base class of objects that may have properties without a field: `extra` holds them.

    The decoder of msgspec cannot keep them, so it rejects them, and `response/open_models.py` reads
    such an object. `request/json_values.py` sends them among the fields.
    """

    extra: Mapping[str, Any] = field(name=EXTRA_KEY, default=NO_EXTRA)
    """The properties that have no field here, by name. They are sent with the fields."""

    def __rich_repr__(self) -> list[tuple[str, object]]:
        names = [name for name in self.__struct_fields__ if name != "extra"]
        found: list[tuple[str, object]] = [(name, getattr(self, name)) for name in names]
        return [*found, ("extra", self.extra)] if self.extra else found

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={value!r}" for name, value in self.__rich_repr__())
        return f"{type(self).__name__}({fields})"


class SecretModel(Model, frozen=True, kw_only=True, gc=False):
    """Base class of objects with secrets.

    Attributes return the secrets, and a repr masks them. Pickling raises TypeError, since a pickle
    is readable.
    """

    _secrets: ClassVar[frozenset[str]] = frozenset()

    def __rich_repr__(self) -> list[tuple[str, object]]:
        return [(name, self._masked(name)) for name in self.__struct_fields__]

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={value!r}" for name, value in self.__rich_repr__())
        return f"{type(self).__name__}({fields})"

    def _masked(self, name: str) -> object:
        """Return the value of a field as a repr shows it. A missing secret is not masked."""
        value: object = getattr(self, name)
        return _MASKED if name in self._secrets and value not in (None, UNSET, {}) else value

    def __deepcopy__(self, memo: dict[int, object]) -> Self:
        return type(self)(
            **{name: deepcopy(getattr(self, name), memo) for name in self.__struct_fields__}
        )

    def __reduce__(self) -> NoReturn:
        name = type(self).__name__
        raise TypeError(f"{name} holds a secret and cannot be pickled: pass its value instead")


class _Masked:
    """Placeholder for a secret in a repr."""

    def __repr__(self) -> str:
        return MASK


_MASKED = _Masked()
