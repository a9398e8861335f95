"""The rule engine behind two functions: it is 25 MB, so it is loaded when the first rule is asked."""

import importlib
from collections.abc import Mapping
from functools import cache
from typing import Any, Protocol

Values = Mapping[str, bool | int | str]


class Expression(Protocol):
    """A compiled expression; it may be asked by several threads at once."""

    def evaluate(self, context: Values) -> Any:
        """Return what it says of `context`."""


class EngineRefused(ValueError):
    """The engine cannot compile the expression."""


@cache
def _zen() -> Any:
    return importlib.import_module("zen")


def compiled(expression: str) -> Expression:
    """Return `expression`, ready to be asked. Raises: EngineRefused."""
    try:
        made: Expression = _zen().compile_expression(expression)
    except RuntimeError as error:
        raise EngineRefused(str(error).partition("\n")[0][:200]) from error
    return made


def holds(expression: Expression, values: Values) -> bool | None:
    """Return whether it holds; None where the engine cannot say, so that nobody is granted or refused by accident."""
    try:
        answer = expression.evaluate(values)
    except RuntimeError:
        return None
    return answer if isinstance(answer, bool) else None
