"""Lenient decoding, so that one value of the wrong type does not make a response unusable.

Pure. A response is an object, a list or a map of them, or one of several alternatives. Inside of an
object

- a value of another type is kept as it is, and a missing required field is None;
- everything else has its declared type, and unknown fields are ignored;
- nested objects, lists and maps are decoded in the same way.

An object must have at least one required field of its declared type; if the model requires at most
one, any field will do. Without one, it is another kind of object, and decoding fails. Models with
secrets tolerate only a null or missing value, and never in place of the secret itself.

An object that is none of several declared models is kept as it is, since servers add alternatives.
So is one that has another tag than the only declared model.

Two kinds of response are decoded strictly around what is lenient. The object that holds the items of
a paginated list must be as declared, with its total and the list itself: a failed read is never an
empty list. In an object with a secret, only other objects are decoded leniently.

The work is bounded: see `Work`. A response that needs more is a mismatch.
"""

from __future__ import annotations

from typing import Any, TypeAlias, cast

import msgspec

from .json import Mismatch, decode, missing_field, no_alternative, other_tag, pointer_token
from .model_types import (
    Struct,
    fields_of,
    is_partly_read,
    is_struct,
    item_type,
    may_hold_secrets,
    secrets_of,
    struct_of,
    value_type,
)
from .open_models import (
    extra_type,
    has_other_tag,
    models_of,
    recognized,
    unknown_properties,
)
from .tolerance import ANY_KEY, Decoder, Lenient, NotTolerated, Work

_Object: TypeAlias = dict[str, msgspec.Raw]

# A value without parts.
_WHOLE = object()


def decode_leniently(kind: object, body: bytes) -> Lenient | Mismatch | None:
    """Decode a body leniently; return None if nothing in its type is decoded leniently."""
    item = item_type(kind)
    decoder = Decoder(Work.for_body(len(body)))
    try:
        if models_of(item):
            value: object = _items(item, decoder.decode(list[msgspec.Raw], body), "", decoder)
        elif is_struct(kind) and (hasattr(kind, "__iter__") or secrets_of(kind)):
            value = _wrapper(kind, body, decoder)
        else:
            value = _parts(kind, body, "", decoder, has_secrets=False)
            if value is _WHOLE:
                return None
    except NotTolerated as error:
        return error.mismatch
    except RecursionError:
        return Mismatch("the body is nested too deeply", pointer="")
    return Lenient(value, decoder.mismatches, decoder.count)


def _wrapper(kind: Struct, body: bytes, decoder: Decoder) -> object:
    """Decode an object that holds items, or a secret. Its other fields must be as declared."""
    raw_fields = _strict(decoder.decode(_Object, body), "")
    if has_other_tag(kind, _strict(decoder.decode(dict[str, Any], body), "")):
        raise NotTolerated(other_tag(""))
    secrets = secrets_of(kind)
    values: dict[str, object] = {}
    for one in fields_of(kind):
        raw, pointer = raw_fields.get(one.encode_name), pointer_token(one.encode_name)
        if raw is None:
            if one.required:
                raise NotTolerated(missing_field(pointer))
            continue
        value, item, model = decoder.decode(one.type, raw), item_type(one.type), None
        if secrets and one.name not in secrets:
            model = struct_of(one.type)
        if isinstance(value, Mismatch) and model is not None:
            value = _item(model, raw, pointer, decoder)
        elif isinstance(value, Mismatch) and models_of(item):
            value = _items(item, decoder.decode(list[msgspec.Raw], raw), pointer, decoder)
        values[one.name] = _strict(value, pointer)
    if unknown := unknown_properties(kind, raw_fields):
        each = {name: decoder.decode(extra_type(kind), raw_fields[name]) for name in unknown}
        values["extra"] = {name: _strict(one, pointer_token(name)) for name, one in each.items()}
    return kind(**values)


def _items(kind: object, raw_items: object, pointer: str, decoder: Decoder) -> list[object]:
    raws = cast("list[msgspec.Raw]", _strict(raw_items, pointer))
    return [_item(kind, raw, f"{pointer}/{index}", decoder) for index, raw in enumerate(raws)]


def _item(kind: object, raw: bytes | msgspec.Raw, pointer: str, decoder: Decoder) -> object:
    value = decode(kind, raw)  # not counted as work: the strict decoding did the same
    if not isinstance(value, Mismatch):
        return value
    item, values = (None, None) if models_of(kind) else (item_type(kind), value_type(kind))
    if item is not None:
        return _items(item, decoder.decode(list[msgspec.Raw], raw), pointer, decoder)
    raw_fields = cast("_Object", _strict(decoder.decode(_Object, raw), pointer))
    if values is not None:
        return {
            name: _item(values, one, pointer + ANY_KEY, decoder) for name, one in raw_fields.items()
        }
    if (model := _model(kind, raw, pointer, decoder)) is None:
        return _strict(decoder.decode(Any, raw), pointer)
    value = _object(model, raw_fields, pointer, decoder)
    if value is None:
        problem = "another object than the declared one"
        raise NotTolerated(Mismatch(problem, pointer, is_wrong_type=True))
    return value


def _model(kind: object, raw: bytes | msgspec.Raw, pointer: str, decoder: Decoder) -> Struct | None:
    """Return the model of an object; None, and record a mismatch, if it is no known alternative."""
    only = struct_of(kind)
    if only is not None and only.__struct_config__.tag_field is None:
        return only
    model = recognized(kind, _strict(decoder.decode(Any, raw), pointer))
    if model is None:
        mismatch = no_alternative(pointer) if only is None else other_tag(pointer)
        if may_hold_secrets(kind):
            raise NotTolerated(mismatch)
        decoder.tolerate(pointer, mismatch)
    return model


def _object(
    kind: Struct, raw_fields: _Object, pointer: str, decoder: Decoder
) -> msgspec.Struct | None:
    """Decode an object field by field; return None if it is another kind of object."""
    secrets = secrets_of(kind)
    declared = fields_of(kind)
    identifying = {one.name for one in declared if one.required}
    if len(identifying) <= 1:
        identifying = {one.name for one in declared}
    values: dict[str, object] = {}
    nested = decoder.nested()
    is_identified = False
    for one in declared:
        raw, field_pointer = (
            raw_fields.get(one.encode_name),
            pointer + pointer_token(one.encode_name),
        )
        if raw is None and not one.required:
            continue
        value = (
            missing_field(field_pointer)
            if raw is None
            else _located(nested.decode(one.type, raw), field_pointer)
        )
        if not isinstance(value, Mismatch):
            is_identified = is_identified or (value is not None and one.name in identifying)
        elif one.name in secrets:
            raise NotTolerated(value)
        else:
            value = _tolerated(
                value, one.type, raw, field_pointer, nested, has_secrets=bool(secrets)
            )
            kept = is_partly_read(one.type, value)
            is_identified = is_identified or (kept and one.name in identifying)
        values[one.name] = value
    if not is_identified:
        return None
    if unknown := unknown_properties(kind, raw_fields):
        values["extra"] = {
            name: _value(
                extra_type(kind),
                raw_fields[name],
                pointer + pointer_token(name),
                nested,
                has_secrets=bool(secrets),
            )
            for name in unknown
        }
    decoder.adopt(nested)
    return kind(**values)


def _tolerated(
    mismatch: Mismatch,
    kind: object,
    raw: msgspec.Raw | None,
    pointer: str,
    decoder: Decoder,
    *,
    has_secrets: bool,
) -> object:
    """Return the value to use for one of the wrong type, and record the mismatch.

    For an object or a list, only the mismatches inside of it are recorded.
    """
    if raw is None:
        decoder.tolerate(pointer, mismatch)
        return None
    parts = _parts(kind, raw, pointer, decoder, has_secrets=has_secrets)
    if parts is not _WHOLE:
        return parts
    value = _strict(decoder.decode(Any, raw), pointer)
    if value is not None and (has_secrets or may_hold_secrets(kind)):
        raise NotTolerated(mismatch)
    decoder.tolerate(mismatch.pointer or pointer, mismatch)
    return value


def _parts(
    kind: object,
    raw: bytes | msgspec.Raw,
    pointer: str,
    decoder: Decoder,
    *,
    has_secrets: bool,
) -> object:
    """Decode the parts of an object, a map or a list one by one; return `_WHOLE` for any other."""
    if models_of(kind) and not isinstance(raw_fields := decoder.decode(_Object, raw), Mismatch):
        if (model := _model(kind, raw, pointer, decoder)) is None:
            return _strict(decoder.decode(Any, raw), pointer)
        value = _object(model, cast("_Object", raw_fields), pointer, decoder)
        if value is not None:
            return value
    values = value_type(kind)
    if values is not None and not isinstance(raw_values := decoder.decode(_Object, raw), Mismatch):
        return {
            name: _value(values, one, pointer + ANY_KEY, decoder, has_secrets=has_secrets)
            for name, one in cast("_Object", raw_values).items()
        }
    item = item_type(kind)
    if item is not None and not isinstance(
        raw_items := decoder.decode(list[msgspec.Raw], raw), Mismatch
    ):
        return [
            _value(item, one, f"{pointer}/{index}", decoder, has_secrets=has_secrets)
            for index, one in enumerate(cast("list[msgspec.Raw]", raw_items))
        ]
    return _WHOLE


def _value(
    kind: object, raw: msgspec.Raw, pointer: str, decoder: Decoder, *, has_secrets: bool
) -> object:
    value = _located(decoder.decode(kind, raw), pointer)
    if isinstance(value, Mismatch):
        return _tolerated(value, kind, raw, pointer, decoder, has_secrets=has_secrets)
    return value


# ── Mismatches ───────────────────────────────────────────────────────────────────────────────


def _located(value: object, pointer: str) -> object:
    """Return a mismatch with its pointer in the whole body, and any other value as it is."""
    return value.below(pointer) if isinstance(value, Mismatch) else value


def _strict(value: object, pointer: str) -> Any:
    """Return a value that must be as declared. Raises for a mismatch."""
    if isinstance(value, Mismatch):
        raise NotTolerated(value.below(pointer))
    return value
