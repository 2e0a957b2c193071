"""Base classes of models, and `UNSET`, the value of an argument that the caller left out.

Pure. Unset is not null: it is not sent at all. A model is frozen and is not tracked by the garbage
collector, as it holds no cycle.
"""

from __future__ import annotations

from typing import ClassVar, NoReturn, TypeAlias

from msgspec import UNSET, Struct, UnsetType

from .redaction import MASK

__all__ = ["UNSET", "Model", "SecretModel", "Unset"]

Unset: TypeAlias = UnsetType


class Model(Struct, frozen=True, kw_only=True, gc=False):
    """An object of the API."""


class SecretModel(Model, frozen=True, kw_only=True, gc=False):
    """An object with values that must not be shown.

    Attributes give them; a repr masks them, and pickling is refused, as a pickle is readable.
    """

    _secrets: ClassVar[frozenset[str]] = frozenset()

    def __rich_repr__(self) -> list[tuple[str, object]]:
        return [(name, self._shown(name)) for name in self.__struct_fields__]

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={value!r}" for name, value in self.__rich_repr__())
        return f"{type(self).__name__}({fields})"

    def _shown(self, name: str) -> object:
        """Give what a repr shows of a field: that a secret is absent may be seen."""
        value: object = getattr(self, name)
        return _MASKED if name in self._secrets and value not in (None, UNSET) else value

    def __reduce__(self) -> NoReturn:
        name = type(self).__name__
        raise TypeError(f"{name} holds a secret and is not pickled: pass its value on instead")


class _Masked:
    """What a repr prints in place of a secret."""

    def __repr__(self) -> str:
        return MASK


_MASKED = _Masked()
