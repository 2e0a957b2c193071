"""Docstrings assembled from the IR's facts and the spec's prose.

Pure. Returns plain text, which `source.docstring` turns into a literal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ... import ir
from ..python.signatures import keywords
from ..python.source import annotation, wrap

PRODUCTS: dict[ir.ProductName, str] = {
    "github.com": "github.com",
    "ghec": "GitHub Enterprise Cloud",
    "ghes": "GitHub Enterprise Server",
}


def sentence(text: str) -> str:
    """Append a full stop to a text."""
    text = text.strip()
    return text if not text or text[-1] in ".!?:" else text + "."


def paragraph(text: str) -> str:
    """Return the first paragraph of a text."""
    return text.strip().replace("\r\n", "\n").partition("\n\n")[0].rstrip()


def join(*texts: str) -> str:
    """Join sentences, except empty ones."""
    return " ".join(sentence(text) for text in texts if text.strip())


def facts(field: ir.Field | ir.Parameter, operation: ir.Operation | None = None) -> str:
    """Return a field's description, bounds and default; an argument's if an operation is given.

    For pagination, the client always sends the page size, so the server's default has no effect.
    """
    default = f"The server's default: {field.default}" if field.default is not None else ""
    if operation is not None and operation.paged and field.wire_name == "per_page":
        default = f"Default: {PER_PAGE}"
    bounds = field.limits[:1].upper() + field.limits[1:]
    required = (
        f"Required with API version {' and '.join(field.required_in)}" if field.required_in else ""
    )
    deprecated = "Deprecated" if field.deprecated else ""
    return join(field.description, bounds, default, only(field.available), required, deprecated)


def field(field: ir.Field) -> str:
    """Return the docstring of a model's field; empty if there is nothing to document."""
    secret = "A secret, never shown in a repr" if field.secret else ""
    return wrap(join(facts(field), secret))


def either(either: ir.Either) -> str:
    """Return the docstring of a property that reads one of several fields."""
    return f"The first of {' and '.join(f'`{name}`' for name in either.fields)} that is present."


def model(model: ir.Model) -> str:
    """Return the docstring of a model."""
    text = model.description or f"A `{model.wire_name}` object"
    return wrap(join(text, "Deprecated" if model.deprecated else ""))


def products(available: ir.Availability) -> str:
    """Return the products of an element, in words; empty if it is not restricted."""
    return ", ".join(
        PRODUCTS[product.name] + (f" {product.since} and later" if product.since else "")
        for product in available.products
    )


def products_short(available: ir.Availability) -> str:
    """Return the products of an element, for the cell of a table."""
    short = {"github.com": "github.com", "ghec": "GHEC", "ghes": "GHES"}
    return ", ".join(
        short[p.name] + (f" {p.since}+" if p.since else "") for p in available.products
    )


def only(available: ir.Availability) -> str:
    """Return the restrictions of a field or an argument, as a sentence; empty if there are none."""
    limits = [products(available)] if available.products else []
    if available.versions:
        limits.append(f"API version {' and '.join(available.versions)}")
    return f"Only on {', with '.join(limits)}" if limits else ""


def classic_only(operation: ir.Operation) -> bool:
    """Return whether GitHub accepts only classic tokens, no apps and no fine-grained tokens."""
    return bool(operation.classic_scopes) and not operation.permissions


def permissions(operation: ir.Operation) -> str:
    """Return the scopes and permissions that a call needs, in words."""
    needs: list[str] = []
    if operation.classic_scopes:
        needs.append(f"classic token scope {', '.join(operation.classic_scopes)}")
    needs.extend(f"fine-grained permission {p.name} ({p.access})" for p in operation.permissions)
    if classic_only(operation):
        needs.append("no fine-grained or GitHub App token")
    if operation.oauth_scopes:
        needs.append(", or ".join(" and ".join(map(_scopes, it)) for it in operation.oauth_scopes))
    return "; ".join(needs)


def _scopes(needed: ir.SchemeScopes) -> str:
    return (
        f"{needed.scheme} scope{'s' if len(needed.scopes) > 1 else ''} {', '.join(needed.scopes)}"
    )


def method(operation: ir.Operation, indent: int = 8) -> str:
    """Return the docstring of a method: summary, arguments, errors, permissions, products, link."""
    return "\n\n".join(_method(operation, indent))


def _method(operation: ir.Operation, indent: int) -> Iterator[str]:
    yield wrap(sentence(operation.summary), indent)
    if operation.deprecated:
        yield "Deprecated."
    if operation.description:
        yield wrap(sentence(operation.description), indent)
    if operation.lookup:
        yield wrap(f"If this raises OutcomeUnknown, {outcome(operation.lookup)}", indent)
    if operation.paged:
        yield wrap(PAGED, indent)
    arguments = [*operation.arguments, *keywords(operation)]
    if arguments:
        yield section(
            "Args",
            ((argument.name, described(argument, operation)) for argument in arguments),
            indent,
        )
    if len({response.type for response in operation.responses}) > 1:
        yield section("Returns", map(_result, operation.responses), indent)
    if operation.errors:
        entries = (
            (
                r.error or error_name(r.status),
                f"{status(r.status)}. {sentence(r.description)}{_model(r)}".strip(),
            )
            for r in operation.errors
        )
        yield section("Raises", entries, indent)
    notes = [
        ("Permissions: ", sentence(permissions(operation))),
        ("Available on: ", sentence(products(operation.available))),
        ("API versions: ", sentence(", ".join(operation.available.versions))),
        (
            "Server: ",
            f"`{operation.server}`, see the option `servers`." if operation.server else "",
        ),
        ("Source: ", operation.docs_url or ""),
    ]
    lines = [wrap(label + text, indent, hanging=4) for label, text in notes if text]
    if lines:
        yield "\n".join(lines)


def _model(response: ir.ErrorResponse) -> str:
    """Return what the `model` of an error is; empty if none is declared."""
    if response.type is None:
        return ""
    return f" Its `model` is `{annotation(response.type, 'value')}`."


def _result(response: ir.SuccessResponse) -> tuple[str, str]:
    """Return the type of a success response and its description, for an operation with several."""
    kind = annotation(response.type, "value") if response.type is not None else "None"
    return kind, join(status(response.status), response.description)


# The page size that the client sends: `PER_PAGE` of its pagination.
PER_PAGE = 100
PAGED = (
    "Nothing is sent until you iterate over the result. Iteration yields every item of every page, "
    f"and `pages()` yields the pages. A page has {PER_PAGE} items unless `per_page` sets another number."
)


# The start of `lookup` if there is nothing to look up; the reason follows.
NOTHING = "nothing: "


def outcome(lookup: str) -> str:
    """Return the advice for an unknown outcome; it follows "If this raises OutcomeUnknown,"."""
    found = " ".join(lookup.split())
    if found.startswith(NOTHING):
        return sentence(f"there is nothing to clean up: {found.removeprefix(NOTHING)}")
    return sentence(f"look up {found}")


def section(title: str, entries: Iterable[tuple[str, str]], indent: int) -> str:
    """Return a titled list of a docstring, each entry on lines of its own."""
    lines = [
        "    " + wrap(f"{name}: {text}", indent + 4, hanging=4).replace("\n", "\n    ")
        for name, text in entries
    ]
    return "\n".join([f"{title}:", *lines])


def described(argument: ir.Field | ir.Parameter, operation: ir.Operation | None = None) -> str:
    """Return the documentation of an argument, or else its wire name."""
    return facts(argument, operation) or f"Sent as `{argument.wire_name}`."


ERRORS = {
    400: "BadRequest",
    401: "BadCredentials",
    403: "Forbidden",
    404: "NotFound",
    409: "Conflict",
    410: "Gone",
    422: "ValidationFailed",
    429: "RateLimited",
}


def status(number: int) -> str:
    """Return a status in words: one digit stands for its class, 0 for every other status."""
    return "Any other status" if number == 0 else f"{number}XX" if number < 10 else str(number)


def error_name(status: int) -> str:
    """Return the client's class of error for a status."""
    return ERRORS.get(status) or ("ServerError" if status >= 500 or status == 5 else "StatusError")


# ── Scopes and the package ───────────────────────────────────────────────────────────────────


def scope(scope: ir.Scope) -> str:
    """Return the docstring of the client's method for a scope."""
    arguments = section("Args", ((p.name, described(p)) for p in scope.parameters), 8)
    return "\n\n".join([wrap(sentence(scope.description), 8), arguments])


def client(api: ir.Api) -> str:
    """Return the docstring of the client."""
    version = f" for API version {api.version}" if api.version.strip() else ""
    return "\n\n".join([f"A client{version}.", wrap(sentence(api.description))])


def find_scope(api: ir.Api) -> str:
    """Return the docstring of the client's method that finds a scope by its name."""
    short = [f"`{scope.short}` ({scope.class_name})" for scope in api.scopes]
    text = f"`name` is one of {', '.join(short)}, or the full path of the scope, such as `{api.scopes[0].path}`."
    raised = "Raises:\n    InvalidArgument: No scope has this name."
    return "\n\n".join(["Find a scope by its name.", wrap(text, 8), raised])
