"""Combined schemas as one type: the parts of an allOf, and alternatives."""

from __future__ import annotations

from collections.abc import Iterable

from ... import ir
from ...ir.types import ANY, FREE, bare, decoded_as, members_of, merged, nullable, union
from ...openapi.document import Node
from ...openapi.schema_parts import Alternatives
from ..objects.discriminators import Discriminators
from ..objects.schema_shape import Kind, Shapes
from .context import Context
from .models import Models, Site
from .schema_lowering import SchemaLowering

ONLY_NULL = "only null is valid here"
_OWN = frozenset("properties required oneOf anyOf enum items".split())


class CombinedSchemas(SchemaLowering):
    """Lowering of combined schemas.

    Objects that a decoder cannot tell apart become one model in a response, if all alternatives are
    objects. Otherwise they stay unparsed.
    """

    def __init__(self, context: Context, models: Models, tags: Discriminators) -> None:
        super().__init__(context, models)
        self.tags = tags
        self.shapes: Shapes = tags.shapes
        # A model must be decodable even if it is only sent: msgspec checks it on definition.
        self._in_model = False

    def _family(self, node: Node) -> list[Node]:
        for child in self.tags.confused(node.pointer):
            why = "nothing tells this from another child of its parent"
            instead = "it is read as the parent"
            self.context.simplify(child, why, instead=instead, fix="give it another value")
        return self.tags.family(node.pointer)

    def _all_of(self, node: Node, site: Site) -> ir.Type:
        view = self.context.views.of(node)
        if node.reference is not None:
            self.context.target(node)
        typed = self.shapes.parts(view)
        own = bool(view.keys & _OWN)
        wrapped = self.shapes.wrapped(view) if own and typed else None
        if wrapped is not None and self.tags.choices.of(node) is not None:
            # A class of its own could be only one of the alternatives.
            self._check_required(node, wrapped)
            own = False
        # One of several alternatives is a class of its own, whatever its parts.
        own = own or self.tags.is_alternative(node.pointer)
        if not typed and not own:
            return FREE if "object" in view.type_names else ANY
        if len(typed) == 1 and not own:
            # In OpenAPI 3.0, `allOf` of one reference adds a description to a `$ref`.
            only = typed[0]
            component = self.context.views.of(only).is_component
            return self.type_of(only, site.at(only.key) if component else site)
        kind = self.shapes.kind(node)
        if kind == "object" and all(self.shapes.kind(member) != "other" for member in typed):
            return self._model(node, site)
        types = [
            self.type_of(m, site.inside(f"part{number + 1}")) for number, m in enumerate(typed)
        ]
        if view.values is not None:
            types.append(self._values(node, view.values, site))
        known = [found for found in dict.fromkeys(types) if bare(found) not in (ANY, FREE)]
        if len({decoded_as(bare(found)) for found in known}) > 1 or "object" in map(
            decoded_as, map(bare, known)
        ):
            return self.simplified(
                node,
                "these parts of allOf cannot be merged",
                FREE if kind == "object" else ANY,
                fix="merge objects with properties only",
            )
        literals = [found for found in known if isinstance(bare(found), ir.Literal)]
        return (literals or known or [ANY])[0]

    def _check_required(self, node: Node, choice: Node) -> None:
        """Note names beside a union or a parent that not all of its alternatives require."""
        if (required := node.get("required")) is not None:
            named = {str(it.value) for it in required.elements()}
            if not named <= self.shapes.shape(choice).required:
                self._unchecked(required)

    def _unchecked(self, keyword: Node) -> None:
        """Note a keyword that only the server checks."""
        why = f"`{keyword.key}` is not checked by the client"
        self.context.simplify(keyword, why, fix="remove it, and describe the rule in words")

    def _choice(
        self, node: Node, choices: tuple[Alternatives, ...], names: list[str], site: Site
    ) -> ir.Type:
        """Return the type of a schema with alternatives, perhaps with common properties."""
        listed = [option for choice in choices for option in choice.options]
        kinds: set[Kind] = {self.shapes.kind(option) for option in listed}
        own = node.get("properties") is not None and node.at("properties").value != {}
        if own or "object" in names or not names:
            if kinds == {"nothing"} and (
                own or any("required" in self.context.views.of(it).keys for it in listed)
            ):
                self._unchecked(choices[0].node)
                return self._object(node, site)
            if own and kinds <= {"object", "nothing"}:
                return self._model(node, site)
            if own:
                why = "alternatives beside properties that are not objects"
                return self.simplified(node, why, FREE, fix="drop one of them")
        choice, *others = choices
        if others:
            why = "oneOf and anyOf side by side cannot be merged"
            return self.simplified(node, why, fix="drop one of them")
        members, null = choice.node, choice.null
        if not listed:
            return self.simplified(members, ONLY_NULL, fix="name another type beside it")
        if self._look_alike(node, listed, kinds, site):
            found = self._model(node, site)
            return nullable(found) if null else found
        types: list[ir.Type] = []
        for number, option in enumerate(listed):
            inner = site if len(listed) == 1 else site.inside(f"option{number + 1}")
            found = self.type_of(option, inner)
            if found == ANY and len(names) == 1 and names[0] != "object":
                found = self._single(node, names[0], site)
            types.append(found)
        only = types[0] if len(types) == 1 else None
        found = only or self._known(node, types) or self._any_of(members, types, site)
        return nullable(found) if null else found

    def _look_alike(self, node: Node, listed: list[Node], kinds: set[Kind], site: Site) -> bool:
        """Return whether alternatives are read as one object that has the properties of all.

        A type that is also sent stays loose, so that it takes the model of each alternative.
        """
        if self.context.strict or site.request or kinds - {"object", "nothing"}:
            return False
        objects = [option for option in listed if self.shapes.kind(option) == "object"]
        targets = [self.context.views.of(option).target for option in objects]
        places = {target.node.pointer for target in targets if target is not None}
        return (
            len(places) > 1
            and self.tags.order(node.pointer) is None
            and not any(map(self.tags.choices.family, objects))
        )

    def _known(self, node: Node, types: list[ir.Type]) -> ir.Type | None:
        """Return the union of alternatives whose objects can be told apart; None for any other."""
        order = self.tags.order(node.pointer)
        members = list(dict.fromkeys(members_of(map(bare, types))))
        models = {
            self.models.pointer(it.model): it for it in members if isinstance(it, ir.Reference)
        }
        if order is None or set(models) != set(order):
            return None
        found = _with_others([models[it] for it in order], members)
        if found is None:
            return None
        return nullable(found) if any(isinstance(it, ir.Nullable) for it in types) else found

    def _any_of(self, node: Node, types: list[ir.Type], site: Site) -> ir.Type:
        """Return the union of types, for a response only if a decoder can tell them apart."""
        null = any(isinstance(found, ir.Nullable) for found in types)
        members = list(dict.fromkeys(members_of(bare(found) for found in types)))
        if ANY in members:
            return ANY
        read = site.response or self._in_model
        if not read:
            members = _listed_once(members)
        found = _known_within(types, members) if read else None
        if found is None:
            found = union(members) if read else ir.Union(members=tuple(members))
        if len(members) == 1:
            found = members[0]
        if found is None:
            models = any(isinstance(member, ir.Reference) for member in members)
            # A model that is sent takes each of the alternatives, and not only dicts.
            found = ANY if models and site.request else merged(members)
            if models:
                why = "a decoder cannot tell these alternatives apart"
                self.simplified(node, why, fix="add a discriminator, or merge them into one schema")
        return nullable(found) if null else found


def _known_within(types: list[ir.Type], members: list[ir.Type]) -> ir.Type | None:
    """Return the union of members whose objects are told apart in one of the types already."""
    models = {it for it in members if isinstance(it, ir.Reference)}
    for one in map(bare, types):
        if isinstance(one, ir.Union) and models and models <= set(one.members):
            return _with_others([it for it in one.members if it in models], members)
    return None


def _with_others(models: Iterable[ir.Type], members: Iterable[ir.Type]) -> ir.Type | None:
    """Return the union of models and the other members; None if a decoder cannot tell these apart."""
    others = [it for it in members if not isinstance(it, ir.Reference)]
    rest = union(others) if others else None
    plain = tuple(members_of([rest])) if rest is not None else ()
    if (others and rest is None) or "object" in map(decoded_as, plain):
        return None
    return ir.Union(members=(*models, *plain))


def _listed_once(members: list[ir.Type]) -> list[ir.Type]:
    """Return the members with choices of values merged, for values to send."""
    listed = [found for found in members if isinstance(found, ir.Literal)]
    values = dict.fromkeys(value for found in listed for value in found.values)
    if len(listed) < 2:
        return members
    one = ir.Literal(values=tuple(values), open=False)
    return [one, *(found for found in members if not isinstance(found, ir.Literal))]
