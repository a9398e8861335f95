"""Every noun has a factory, and its table of steps is its list of verbs."""

import ast

import pytest

from civic.audit.seal import Sealed
from civic.workflow.models import Stateful
from tests.architecture.sources import ROOT, modules, our_models

SEALED = [model for model in our_models() if issubclass(model, Sealed)]
STATEFUL = [model for model in our_models() if issubclass(model, Stateful)]


def _made_by_factories() -> set[str]:
    """Return every name in a return annotation of the factories."""
    functions = [
        node
        for path in (ROOT / "tests" / "factories").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and node.returns
    ]
    parts = [part for node in functions for part in ast.walk(node.returns)]
    names = {part.id for part in parts if isinstance(part, ast.Name)}
    names |= {part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)}
    return names | {part.attr for part in parts if isinstance(part, ast.Attribute)}


@pytest.mark.parametrize("model", SEALED, ids=lambda model: model._meta.label)
def test_every_sealed_noun_has_a_factory(model: type) -> None:
    assert model.__name__ in _made_by_factories(), f"no function in tests/factories returns a {model.__name__}"


@pytest.mark.parametrize("model", STATEFUL, ids=lambda model: model._meta.label)
def test_every_step_of_the_table_is_a_verb_of_the_noun(model: type[Stateful]) -> None:
    missing = [step for step in model.STEPS if not callable(getattr(model, step, None))]

    assert missing == []


@pytest.mark.parametrize("model", STATEFUL, ids=lambda model: model._meta.label)
def test_every_step_that_a_verb_takes_is_in_the_table(model: type[Stateful]) -> None:
    (tree,) = [tree for path, tree in modules().items() if _is_home(path, model)]
    body = next(node for node in ast.walk(tree) if isinstance(node, ast.ClassDef) and node.name == model.__name__)
    taken = {
        node.args[0].value
        for node in ast.walk(body)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "step"
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }

    assert taken - set(model.STEPS) == set()


def _is_home(path: object, model: type) -> bool:
    return str(path).endswith(model.__module__.replace(".", "/") + ".py")
