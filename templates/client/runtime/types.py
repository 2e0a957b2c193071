"""Base classes of models, and `UNSET`, the default of an optional argument.

Pure. Unset is not null: an unset argument is not sent. A model is frozen. It cannot be part of a
reference cycle, so the garbage collector does not track it.
"""

from __future__ import annotations

from copy import deepcopy
from typing import ClassVar, NoReturn, Self, TypeAlias

from msgspec import UNSET, Struct, UnsetType

from .redaction import MASK

__all__ = ["UNSET", "Model", "SecretModel", "Unset"]

Unset: TypeAlias = UnsetType


class Model(Struct, frozen=True, kw_only=True, gc=False):
    """Base class of the API's objects."""


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
        return _MASKED if name in self._secrets and value not in (None, UNSET) else value

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
