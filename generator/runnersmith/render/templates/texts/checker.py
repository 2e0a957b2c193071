"""Checker of texts: each text of the document that a template prints has a filter for its language.

Reads templates through the environment. It follows values from the variables of an output through
loops, assignments, macros, includes and blocks, in branches that no current document reaches, too.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from jinja2 import nodes

from ..filters import SUFFIXES, SUGGESTED, Language
from ..syntax import blocks_of, prepares
from .expressions import Expressions
from .values import PLAIN, VARIABLES, Macro, Scope, Text, Value, collection, join

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..scope_checker import ScopeChecker

# Languages in which the filters print quotes.
_QUOTED = frozenset({"Python", "TOML", "JSON", "JavaScript"})


def language_of(path: str) -> Language | None:
    """Return the language of an output by the suffix of its path; None for an unknown one."""
    return SUFFIXES.get(PurePosixPath(path).suffix)


class TextChecker:
    """Visitor of templates that reports each text printed without a filter for the language."""

    def __init__(self, walker: ScopeChecker) -> None:
        self.walker: ScopeChecker = walker
        self.expressions: Expressions = Expressions(self._macro)
        self.template: str = ""
        self.language: Language | None = None
        # What is printed inside `{% set %}` blocks and macros, the innermost last.
        self.captures: list[list[Value]] = []
        self.blocks: list[Mapping[str, Sequence[tuple[str, nodes.Block]]]] = []
        self.active: set[object] = set()

    def check(self, template: str, variables: Iterable[str], language: Language | None) -> None:
        """Check a template with the variables of an output."""
        self.language = language
        self._render(template, Scope({name: VARIABLES.get(name, PLAIN) for name in variables}))

    def _render(self, name: str, scope: Scope) -> None:
        """Check a template with those that it extends, and the blocks of all of them."""
        names = self.walker.family(name)
        blocks: dict[str, list[tuple[str, nodes.Block]]] = {}
        for one in names:
            for block, _ in blocks_of(self.walker.tree(one)):
                blocks.setdefault(block.name, []).append((one, block))
        self.blocks.append(blocks)
        for one in names:
            body = self.walker.tree(one).body
            with self._inside(one):
                self._walk(
                    body if one == names[-1] else [it for it in body if prepares(it)],
                    scope,
                )
        self.blocks.pop()

    @contextmanager
    def _inside(self, template: str) -> Generator[None]:
        before, self.template = self.template, template
        yield
        self.template = before

    # ── Statements ──

    def _walk(self, body: Iterable[nodes.Node], scope: Scope) -> None:
        for node in body:
            self._statement(node, scope)

    def _statement(self, node: nodes.Node, scope: Scope) -> None:
        value = self.expressions.value
        match node:
            case nodes.Output(nodes=parts):
                self._output(parts, scope)
            case nodes.Assign(target=target):
                self.expressions.changes += isinstance(target, nodes.NSRef)
                _bind(target, value(node.node, scope), scope)
                _namespace(node, scope, self.expressions)
            case nodes.AssignBlock(target=target):
                _bind(target, self._captured(node.body, scope, node.filter), scope)
            case nodes.For(target=target):
                inner = scope.child({"loop": PLAIN})
                _bind(target, value(node.iter, scope).item(), inner)
                before = self.expressions.changes
                self._walk(node.body, inner)
                if self.expressions.changes > before:
                    self._walk(node.body, inner)
                self._walk(node.else_, scope.child())
            case nodes.If():
                self._branches([node, *node.elif_], node.else_, scope)
            case nodes.With(targets=targets, values=values):
                inner = scope.child()
                for target, one in zip(targets, values, strict=True):
                    _bind(target, value(one, scope), inner)
                self._walk(node.body, inner)
            case nodes.Macro(name=name):
                macro = Macro(node, self.template, scope)
                scope.names[name] = Value(macros=frozenset({macro}))
            case nodes.CallBlock(call=call):
                given = self._captured(node.body, scope)
                caller = scope.child({"caller": given, **_arguments(node)})
                self._emit(join(value(call, caller), given), node)
            case nodes.FilterBlock():
                self._emit(self._captured(node.body, scope, node.filter), node)
            case nodes.Block(name=name):
                for template, definition in self.blocks[-1].get(name, [(self.template, node)]):
                    with self._inside(template):
                        self._walk(definition.body, scope.child())
            case nodes.Include():
                for name in self._names(node):
                    if ("include", name) not in self.active:
                        self.active.add(("include", name))
                        self._render(name, scope.child() if node.with_context else Scope({}))
                        self.active.discard(("include", name))
            case nodes.Import() | nodes.FromImport():
                self._import(node, scope)
            case nodes.Expr():
                value(node, scope)
            case _:
                self._walk(node.iter_child_nodes(), scope)

    def _branches(self, listed: Sequence[nodes.If], rest: list[nodes.Node], scope: Scope) -> None:
        before, after = dict(scope.names), list[dict[str, Value]]()
        for body in (*(one.body for one in listed), rest):
            scope.names = dict(before)
            self._walk(body, scope)
            after.append(scope.names)
        names = dict.fromkeys(name for branch in after for name in branch)
        scope.names = {
            name: join(*(branch[name] for branch in after if name in branch)) for name in names
        }

    def _import(self, node: nodes.Import | nodes.FromImport, scope: Scope) -> None:
        held = Scope({})
        for name in self._names(node):
            if ("import", name) not in self.active:
                self.active.add(("import", name))
                held = scope.child() if node.with_context else Scope({})
                self._captured_render(name, held)
                self.active.discard(("import", name))
        if isinstance(node, nodes.Import):
            scope.names[node.target] = Value(members=held.names)
            return
        for one in node.names:
            name, bound = (one, one) if isinstance(one, str) else one
            scope.names[bound] = held.names.get(name, PLAIN)

    def _names(self, node: nodes.Include | nodes.Import | nodes.FromImport) -> Iterator[str]:
        """Yield the canonical names of referenced templates; the others are reported elsewhere."""
        requested = node.template
        listed = requested.items if isinstance(requested, nodes.List | nodes.Tuple) else [requested]
        for one in listed:
            if isinstance(one, nodes.Const):
                name = self.walker.resolve(one, self.template, optional=True)
                if name is not None:
                    yield name

    # ── Printed values ──

    def _captured(
        self, body: Iterable[nodes.Node], scope: Scope, chain: nodes.Filter | None = None
    ) -> Value:
        """Return what nodes print, instead of reporting it, after a chain of filters."""
        self.captures.append([])
        self._walk(body, scope.child())
        return self._through(join(*self.captures.pop()), chain, scope)

    def _captured_render(self, name: str, scope: Scope) -> None:
        self.captures.append([])
        self._render(name, scope)
        self.captures.pop()

    def _through(self, found: Value, chain: nodes.Filter | None, scope: Scope) -> Value:
        if chain is None:
            return found
        inner = chain.node if isinstance(chain.node, nodes.Filter) else None
        return self.expressions.filtered(self._through(found, inner, scope), chain, scope)

    def _macro(self, called: Value, arguments: list[Value], named: dict[str, Value]) -> Value:
        """Return what a call of a macro prints."""
        printed: list[Value] = []
        for macro in called.macros:
            given = {**_arguments(macro.node), **named}
            given.update(zip((one.name for one in macro.node.args), arguments, strict=False))
            key = (macro, tuple(sorted(given.items(), key=lambda it: it[0])))
            if key in self.active or len(self.active) > 200:
                continue
            self.active.add(key)
            defaults = zip(reversed(macro.node.args), reversed(macro.node.defaults), strict=False)
            for one, default in defaults:
                if given[one.name] == PLAIN:
                    given[one.name] = self.expressions.value(default, macro.scope)
            given["varargs"] = collection(join(*arguments))
            with self._inside(macro.template):
                printed.append(self._captured(macro.node.body, macro.scope.child(given)))
            self.active.discard(key)
        return join(*printed)

    def _output(self, parts: Sequence[nodes.Node], scope: Scope) -> None:
        for position, part in enumerate(parts):
            if isinstance(part, nodes.TemplateData):
                continue
            found = self.expressions.value(part, scope)
            self._emit(found, part)
            around = (parts[position - 1 : position], parts[position + 1 : position + 2])
            if self.language in _QUOTED and _is_quoted(*around) and any(found.printed()):
                message = "has quotes around it, and its filter prints quotes; drop those around it"
                self.walker.report(self.template, part, message)

    def _emit(self, found: Value, node: nodes.Node) -> None:
        texts = found.as_text().texts
        if self.captures:
            place = (self.template, node.lineno)
            placed = (Text(it.origin, it.languages, it.place or place) for it in texts)
            self.captures[-1].append(Value(texts=frozenset(placed), macros=found.macros))
            return
        wrong: dict[tuple[str, int], list[Text]] = {}
        for text in texts:
            if not (self.language in text.languages if self.language else text.languages):
                wrong.setdefault(text.place or (self.template, node.lineno), []).append(text)
        for (template, line), listed in wrong.items():
            self.walker.found.findings.add((template, line, self._message(listed)))

    def _message(self, texts: Sequence[Text]) -> str:
        origins = " and ".join(sorted({text.origin for text in texts}))
        used = sorted({language for text in texts for language in text.languages})
        if all(text.is_whole for text in texts):
            return f"prints {origins}; print a field of it through a filter"
        if used:
            said = f"prints {origins} by a filter for {' and '.join(used)}"
        else:
            said = f"prints {origins}, which may have any characters, without a filter"
        if self.language is None:
            advice = "end the expression with a filter for the file's language"
        else:
            filters = SUGGESTED[self.language]
            advice = f"end the expression with a filter for {self.language}: {filters}"
        return f"{said}; {advice} (or with `verbatim`, if the pack vouches for it)"


def _is_quoted(before: Sequence[nodes.Node], after: Sequence[nodes.Node]) -> bool:
    """Return whether a quote is on both sides of an expression."""
    match (*before, *after):
        case (nodes.TemplateData(data=first), nodes.TemplateData(data=last)):
            return first[-1:] in ("'", '"') and first[-1:] == last[:1]
        case _:
            return False


def _arguments(node: nodes.Macro | nodes.CallBlock) -> dict[str, Value]:
    return {one.name: PLAIN for one in node.args}


def _bind(target: nodes.Node, value: Value, scope: Scope) -> None:
    match target:
        case nodes.Name(name=name):
            scope.names[name] = value
        case nodes.Tuple(items=items):
            for position, one in enumerate(items):
                _bind(one, value.at(position), scope)
        case nodes.NSRef(name=name, attr=attribute):
            scope.add(f"{name}.{attribute}", value)
        case _:
            pass


def _namespace(node: nodes.Assign, scope: Scope, expressions: Expressions) -> None:
    """Record the attributes of a new namespace as variables with dotted names."""
    match node:
        case nodes.Assign(
            target=nodes.Name(name=target),
            node=nodes.Call(node=nodes.Name(name="namespace"), kwargs=given),
        ):
            for one in given:
                scope.names[f"{target}.{one.key}"] = expressions.value(one.value, scope)
        case _:
            pass
