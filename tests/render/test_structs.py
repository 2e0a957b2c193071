"""Models: datamodel-code-generator prints what the IR says, or the run stops."""

from __future__ import annotations

import ast
import functools
import hashlib
import itertools
import subprocess
import sys
import warnings
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import jinja2
import pytest

import runnersmith
from runnersmith import ir, pipeline, render
from runnersmith.ir.names import class_name
from runnersmith.render import structs
from runnersmith.render.templates.environment import Environment
from small_specs import build_ir, client_stack, small_spec

# Of what datamodel-code-generator prints for `fixed` by a template of ours. It changes with its
# version and with the settings that it is given: look at what has changed before renewing it.
FIXED_HASH = "d788069515f9764d648f63a5953a5ab229dd595c26cf18e2f0fb4d3bd581d46b"
FIXED_TEMPLATE = """\
class {{ class_name }}(Model):
{%- for field in fields %}
    {{ field.name }}: {{ field.type_hint }}
{%- endfor %}
"""

INT = ir.Primitive(name="int")
TEXT = ir.Primitive(name="str")
ANY = ir.Primitive(name="any")
OTHER = ir.Reference(model="Other")


@functools.cache
def built() -> ir.Api:
    return build_ir(small_spec())


def a_field(name: str, found: ir.Type, *, required: bool = True) -> ir.Field:
    """A field of which nothing is said but its type."""
    [some] = built().models[0].fields
    return replace(
        some, name=name, wire_name=name, type=found, required=required, description="", limits=""
    )


def a_model(name: str, *fields: ir.Field, role: ir.Role = "response") -> ir.Model:
    return replace(
        built().models[0], name=name, module=name.lower(), wire_name=name, role=role, fields=fields
    )


def an_api(*models: ir.Model) -> ir.Api:
    return replace(built(), models=models)


def template() -> structs.Printer:
    """The client pack's template of a class, as it runs in a stack of packs."""
    jinja = Environment(client_stack())
    found = jinja.get_template(jinja.canonical("struct.jinja"))
    return found.render


BASIC: dict[str, ir.Type] = {
    "text": TEXT,
    "integer": INT,
    "number": ir.Primitive(name="float"),
    "boolean": ir.Primitive(name="bool"),
    "moment": ir.Primitive(name="datetime"),
    "day": ir.Primitive(name="date"),
    "anything": ANY,
    "choice": ir.Literal(values=("a", "b"), open=False),
    "open_choice": ir.Literal(values=("a", "b"), open=True),
    "one": ir.Literal(values=("a",), open=False),
    "numbers": ir.Literal(values=(1, 2), open=False),
    "mixed": ir.Literal(values=("a", 1), open=False),
    "odd_texts": ir.Literal(
        values=("", '"', "'", "\\", "\n", "None", "UnsetType", "x | None", "é", "{{ 7 }}"),
        open=True,
    ),
    "model": OTHER,
    "itself": ir.Reference(model="Holder"),
}


def nullable(found: ir.Type) -> ir.Type:
    """The type or null; anything holds null already."""
    return found if found == ANY else ir.Nullable(type=found)


HOLDERS: dict[str, Callable[[ir.Type], ir.Type]] = {
    "bare": lambda found: found,
    "nullable": nullable,
    "list": lambda found: ir.Array(items=found),
    "list_of_nullable": lambda found: ir.Array(items=nullable(found)),
    "nullable_list": lambda found: nullable(ir.Array(items=found)),
    "list_of_lists": lambda found: ir.Array(items=ir.Array(items=found)),
    "map": lambda found: ir.Map(values=found),
    "map_of_lists": lambda found: ir.Map(values=ir.Array(items=found)),
}
UNIONS: dict[str, ir.Type] = {
    "text_or_integer": ir.Union(members=(TEXT, INT)),
    "text_or_model": ir.Union(members=(TEXT, OTHER)),
    "choice_or_list": ir.Union(members=(BASIC["choice"], ir.Array(items=BASIC["choice"]))),
    "three": ir.Union(members=(ir.Primitive(name="bool"), TEXT, ir.Array(items=OTHER))),
    "nullable": ir.Nullable(type=ir.Union(members=(TEXT, ir.Array(items=TEXT)))),
    "listed": ir.Array(items=ir.Union(members=(TEXT, INT))),
}


def every_type() -> dict[str, ir.Type]:
    held = {
        f"{basic}_{holder}": hold(found)
        for (basic, found), (holder, hold) in itertools.product(BASIC.items(), HOLDERS.items())
    }
    return {**held, **{f"union_{name}": found for name, found in UNIONS.items()}}


@pytest.mark.parametrize("role", ["response", "request", "both"])
@pytest.mark.parametrize("required", [True, False])
def test_every_type_is_printed_as_the_ir_says(role: ir.Role, required: bool) -> None:
    """Each type, in each kind of traffic, required or not, is printed, and the check agrees."""
    fields = [a_field(name, found, required=required) for name, found in every_type().items()]
    api = an_api(a_model("Holder", *fields, role=role), a_model("Other", a_field("x", INT)))
    found = structs.structs(api, template())
    assert list(found) == ["Holder", "Other"]
    printed = ast.parse(found["Holder"]).body[0]
    assert isinstance(printed, ast.ClassDef)
    names = [
        node.target.id
        for node in printed.body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    ]
    assert names == [field.name for field in fields]


def test_every_name_of_a_class_is_printed() -> None:
    """No class is renamed, whatever it has in common with names of Python or of the libraries."""
    wire_names = """
        Annotated Any Base BaseModel Bool Class ClassVar Const Convert Date Datetime Decimal Dict
        Enum Extra False Field Int Item Iterator List Literal Mapping Meta Model Models Msgspec N1
        None NotImplemented Object Optional Path Raw Reference Root RootModel SecretModel Self
        Sequence Set Str Struct Timestamp True Tuple Type TypeAlias TypedDict UNSET UUID Union
        Unset UnsetType Warning Xml
    """.split()
    models = [a_model(class_name(name), a_field("x", INT)) for name in wire_names]
    holder = a_model(
        "Holder",
        *(a_field(f"f{n}", ir.Reference(model=model.name)) for n, model in enumerate(models)),
    )
    ordered = sorted([*models, holder], key=lambda model: model.name)
    assert len({model.name for model in ordered}) == len(ordered)
    assert list(structs.structs(an_api(*ordered), template())) == [model.name for model in ordered]


def test_models_without_models() -> None:
    """No model is no source, and no error."""
    assert structs.structs(an_api(), template()) == {}


def fixed() -> ir.Api:
    optional = [a_field(name, found, required=False) for name, found in every_type().items()]
    return an_api(
        a_model("Both", *optional, role="both"),
        a_model("Holder", *optional),
        a_model("Other", a_field("x", INT)),
    )


def test_what_datamodel_code_generator_prints_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its output for a fixed IR is what it was when somebody last looked at it."""
    import datamodel_code_generator

    printed: list[str] = []
    generate = datamodel_code_generator.generate

    def recording(*arguments: Any, **options: Any) -> object:
        output = generate(*arguments, **options)
        printed.append(str(output))
        return output

    monkeypatch.setattr(datamodel_code_generator, "generate", recording)
    with suppress(structs.ModelsError):  # the template prints less than is checked for
        structs.structs(fixed(), jinja2.Template(FIXED_TEMPLATE).render)
    assert hashlib.sha256(printed[0].encode()).hexdigest() == FIXED_HASH, printed[0]


# ── A differing output is refused ────────────────────────────────────────────────────────────


def thing() -> ir.Api:
    return an_api(a_model("Thing", a_field("first", INT), a_field("second", TEXT, required=False)))


RIGHT = '''
class Thing(Model, frozen=True, kw_only=True, gc=False):
    """A lamp."""

    first: int

    second: str | None = None
'''
WRONG = {
    "another type": RIGHT.replace("first: int", "first: str"),
    "a wider type": RIGHT.replace("first: int", "first: int | None"),
    "a default": RIGHT.replace("first: int", "first: int = 0"),
    "another default": RIGHT.replace("= None", "= ''"),
    "no default": RIGHT.replace(" = None", ""),
    "a field missing": RIGHT.replace("    first: int\n", ""),
    "a field more": RIGHT + "\n    third: int = 1\n",
    "a field renamed": RIGHT.replace("second", "second_"),
    "fields in another order": RIGHT.replace("    first: int\n", "") + "\n    first: int\n",
    "a constraint": RIGHT.replace("first: int", "first: Annotated[int, Meta(ge=1)]"),
    "another base": RIGHT.replace("(Model,", "(Struct,"),
    "a class more": RIGHT + "\n\nclass Other(Model):\n    x: int\n",
    "no class": "",
    "a class twice": RIGHT + RIGHT,
    "a class renamed": RIGHT.replace("Thing", "Thing1"),
    "an alias": "Thing = int\n",
}


def printing(monkeypatch: pytest.MonkeyPatch, source: str) -> None:
    """Have datamodel-code-generator print something else."""
    import datamodel_code_generator

    def generate(*_: object, **__: object) -> str:
        return source

    monkeypatch.setattr(datamodel_code_generator, "generate", generate)


def test_the_right_output_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the wrong outputs below are made of is right."""
    printing(monkeypatch, RIGHT)
    assert structs.structs(thing(), template())["Thing"].strip() == RIGHT.strip()


@pytest.mark.parametrize("mistake", WRONG)
def test_another_output_is_refused(mistake: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A class that is not the IR's stops the run, and the message names it."""
    printing(monkeypatch, WRONG[mistake])
    with pytest.raises(structs.ModelsError, match=r"Thing|Other"):
        structs.structs(thing(), template())


def test_a_warning_stops_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """What datamodel-code-generator warns of is an error, not a line that scrolls by."""
    import datamodel_code_generator

    def warning(*_: object, **__: object) -> str:
        warnings.warn("something was left out", UserWarning, stacklevel=2)
        return RIGHT

    monkeypatch.setattr(datamodel_code_generator, "generate", warning)
    with pytest.raises(structs.ModelsError, match="something was left out"):
        structs.structs(thing(), template())


def test_bodies_have_no_defaults() -> None:
    """A default is told and never set: what is not given is not sent."""
    field = replace(a_field("visibility", BASIC["choice"], required=False), default='"a"')
    found = structs.structs(an_api(a_model("Body", field, role="request")), template())
    assert "UNSET" in found["Body"]
    assert '= "a"' not in found["Body"]


def test_every_module_imports_alone() -> None:
    """No module of the generator needs another one to be imported first."""
    done = subprocess.run(
        [sys.executable, "-c", _ALONE], capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    files = Path(runnersmith.__file__).parent.rglob("*.py")
    assert int(done.stdout) == len([path for path in files if path.name != "__main__.py"]) - 1
    assert (pipeline.__name__, render.__name__) == ("runnersmith.pipeline", "runnersmith.render")


# Packages that hang on fewer come first. One stays loaded once each module of it was imported alone
# and everything that this needed stays loaded too: what it hangs on cannot matter then.
_ALONE = """
import importlib, pkgutil, runnersmith, sys

def alone(name):
    for loaded in [key for key in sys.modules if key.startswith("runnersmith")]:
        if loaded not in kept:
            del sys.modules[loaded]
    importlib.import_module(name)
    return {key for key in sys.modules if key.startswith("runnersmith")} - kept

kept = {"runnersmith"}
packages = {}
for module in pkgutil.walk_packages(runnersmith.__path__, "runnersmith."):
    if not module.name.endswith("__main__"):
        package = ".".join(module.name.split(".")[:2])
        packages.setdefault(package, set()).add(module.name)
needed = {}
for package in sorted(packages, key=lambda name: (len(alone(name)), name)):
    needed[package] = set().union(*map(alone, sorted(packages[package])))
    for one in [*needed] * len(needed):
        if needed[one] <= kept | packages[one]:
            kept |= packages[one]
print(sum(map(len, packages.values())))
"""
