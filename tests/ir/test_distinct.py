"""Distinct names: of several names that Python would call the same, each has one of its own.

What is held of every namespace: no two names are the same, order does not matter, and a new name
renames at most what it is closer to.
"""

from __future__ import annotations

import keyword
from collections.abc import Callable, Sequence

import pytest
from hypothesis import example, given
from hypothesis import strategies as some

from runnersmith.ir import distinct, names
from runnersmith.ir.distinct import Clash, Distinct
from runnersmith.ir.words import effort, mark

Namespace = Callable[[Sequence[str]], Distinct]


def methods(texts: Sequence[str]) -> Distinct:
    return distinct.methods(dict.fromkeys(texts, ("/things/{id}", "get")), "thing")


NAMESPACES: dict[str, Namespace] = {
    "fields": distinct.fields,
    "classes": distinct.classes,
    "modules": lambda texts: distinct.modules(list(map(names.class_name, texts))),
    "methods": methods,
    "resources": distinct.resources,
    "resource classes": distinct.resource_classes,
}

# Few parts, so that many names meet.
WORDS = """a A b B id ID Id _ __ - . @ $ < > list self None class é É е ｉｄ 1 2 async Async foo Foo
    _things__id__get thing x__y""".split()
PARTS = some.sampled_from([*WORDS, " ", "", "y" * 120])
NAMES = some.lists(PARTS, min_size=1, max_size=4).map("".join) | some.text(max_size=5)
SPELLINGS = some.lists(NAMES, min_size=1, max_size=12, unique=True)


@pytest.mark.parametrize(
    ("wire_names", "expected"),
    [
        ("a A", "a a__upper"),
        ("id _id @id @Id", "id id__underscore id__at id__67625ce3"),
        ("@id @Id", "id id__67625ce3"),
        ("dict __dict__ dict_", "dict_ dict__underscores dict__underscore"),
        ("banType ban_type BanType", "ban_type__camel ban_type ban_type__pascal"),
        ("DateCreated> DateCreated DateCreated<", "date_created__gt date_created date_created__lt"),
        ("filter[name] filter.name", "filter_name__bracket filter_name"),
        ("ｉｄ id", "id__ca2ecb9e id"),
        ("list_ list", "list__underscore list_"),
        ("id__at @id id", "id_at id__at id"),
        ("é É", "é é__upper"),
        ("id\ua64a id", "id__ua64a id"),
    ],
)
def test_fields_are_told_apart_by_their_spelling(wire_names: str, expected: str) -> None:
    """The closest spelling has the usual name; the others say how they are written."""
    listed = wire_names.split()
    assert distinct.fields(listed).names == dict(zip(listed, expected.split(), strict=True))


def test_what_was_told_apart_is_known_with_the_name_that_has_it() -> None:
    """And nothing else is."""
    assert distinct.fields(["x", "A", "a"]).clashes == (Clash("A", "a", "a", "a__upper"),)
    assert distinct.fields(["x", "a"]).clashes == ()


def test_classes_and_their_modules() -> None:
    """Classes differ in case, and their files do not: some systems have one file for both."""
    keys = ["FOO", "Foo", "foo", "foo-bar", "foo.bar", "foo_bar"]
    classes = distinct.classes(keys).names
    assert [*classes.values()] == [
        "FOO",
        "Foo",
        "Foo_lower",
        "FooBar_dash",
        "FooBar_dot",
        "FooBar",
    ]
    modules = distinct.modules(classes.values()).names
    assert modules == {
        "FOO": "foo__upper",
        "Foo": "foo",
        "Foo_lower": "foo_lower",
        "FooBar_dash": "foo_bar_dash",
        "FooBar_dot": "foo_bar_dot",
        "FooBar": "foo_bar",
    }


def test_methods_have_their_short_names_once() -> None:
    """The second handler of a name keeps the path that FastAPI adds; the third is marked."""
    operations = {
        "read_item_items__item_id__get": ("/items/{item_id}", "get"),
        "read_item_other_get": ("/other", "get"),
        "list_all_things_get": ("/all/things", "get"),
        "getThing": ("/a", "get"),
        "get_thing": ("/b", "get"),
    }
    assert distinct.methods(operations, "items").names == {
        "read_item_items__item_id__get": "read_item_items_item_id_get",
        "read_item_other_get": "read_item",
        "list_all_things_get": "list",
        "getThing": "get_thing__camel",
        "get_thing": "get_thing",
    }


def test_a_second_choice_is_nobodys_first() -> None:
    """What one handler is called in full is what another is called in short."""
    operations = {
        "read": ("/", "get"),
        "read_x_get": ("/x", "get"),
        "read_x_get_y_get": ("/y", "get"),
    }
    assert distinct.methods(operations, "items").names == {
        "read": "read",
        "read_x_get": "read__a79cccde",
        "read_x_get_y_get": "read_x_get",
    }


def test_a_resource_is_not_the_asynchronous_one_of_another() -> None:
    """The class of `foo` is `Foo`, and `AsyncFoo` in the other flavour."""
    found = distinct.resource_classes(["async foo", "foo", "async bar", "resource", "mapping"])
    assert found.names == {
        "async foo": "AsyncFoo_639734c2",
        "foo": "Foo",
        "async bar": "AsyncBar",
        "resource": "ResourceResource",
        "mapping": "MappingResource",
    }
    assert [clash.text for clash in found.clashes] == ["async foo"]


@given(SPELLINGS, some.sampled_from(sorted(NAMESPACES)))
@example(["id__at", "@id", "id", "@Id"], "fields")
def test_every_name_is_one_of_its_own(texts: list[str], kind: str) -> None:
    """Whatever the spellings: identifiers, public, no keyword, and no two the same."""
    found = list(NAMESPACES[kind](texts).names.values())
    assert len(found) == len(set(found))
    for name in found:
        assert name.isidentifier()
        assert not name.startswith("_")
        assert not keyword.iskeyword(name)


@given(SPELLINGS, some.data(), some.sampled_from(sorted(NAMESPACES)))
def test_order_does_not_matter(texts: list[str], data: some.DataObject, kind: str) -> None:
    """A name is what it is wherever it stands in the document."""
    moved = data.draw(some.permutations(texts))
    assert NAMESPACES[kind](moved).names == NAMESPACES[kind](texts).names


@given(SPELLINGS, NAMES, some.sampled_from(["fields", "classes", "resources"]))
@example(["_id"], "id", "fields")
@example(["@id", "@Id"], "id", "fields")
@example(["id", "@Id"], "@id", "fields")
def test_a_new_name_renames_only_what_it_is_closer_to(
    texts: list[str], new: str, kind: str
) -> None:
    """Two names at most, and each only if the new spelling is closer to the name that it had.

    No rule can do without: whichever of `_id` and `id` is alone is called `id`.
    """
    before = NAMESPACES[kind](texts).names
    after = NAMESPACES[kind]([*texts, new]).names
    renamed = [text for text in texts if before[text] != after[text]]
    assert len(renamed) <= 2
    for text in renamed:
        assert effort(new, before[text]) < effort(text, before[text])
        assert mark(new) == mark(text) or after[new] == before[text]


@given(SPELLINGS, NAMES)
def test_a_usual_name_is_kept_from_all_that_is_told_apart(texts: list[str], new: str) -> None:
    """A property is never renamed by one whose usual name is another."""
    before, after = distinct.fields(texts).names, distinct.fields([*texts, new]).names
    usual = names.field_name(new).rstrip("_")
    for text in texts:
        if names.field_name(text).rstrip("_") != usual:
            assert before[text] == after[text]
