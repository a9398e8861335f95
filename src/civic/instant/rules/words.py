"""The words in which rules give their reasons. No Django."""

from collections.abc import Iterable, Sequence
from typing import Protocol

LONGEST_BASIS = 400


class Fired(Protocol):
    """A rule that was looked at."""

    @property
    def words(self) -> str: ...

    @property
    def basis(self) -> str: ...

    @property
    def remedy(self) -> str: ...


def rules_label(code: str, number: int) -> str:
    """Return by which name a decision says which rules made it."""
    return f"{code} 第{number}版办理规则"


def reasons_to_grant(fired: Sequence[Fired]) -> str:
    """Return why it is granted: every rule that was looked at, in words."""
    lines = "\n".join(f"{n}. {_sentence(rule.words)}" for n, rule in enumerate(fired, 1))
    return f"经向各部门核对，以下{len(fired)}项条件全部成立：\n{lines}"


def reasons_to_decline(false: Sequence[Fired]) -> str:
    """Return which condition is not met and what can be done about each."""
    parts = []
    for rule in false:
        parts.append(f"不符合这项条件：{_sentence(rule.words)}")
        if rule.remedy:
            parts.append(f"您可以：{_sentence(rule.remedy)}")
    return "\n".join(parts)


def basis_of(fired: Iterable[Fired]) -> str:
    """Return the laws that the rules rest on, each once, in their order, as long as the column holds."""
    text = ""
    for basis in dict.fromkeys(rule.basis for rule in fired if rule.basis):
        longer = f"{text}；{basis}" if text else basis
        if len(longer) > LONGEST_BASIS:
            break
        text = longer
    return text


def _sentence(words: str) -> str:
    return words if words.endswith(("。", "？", "！")) else f"{words}。"
