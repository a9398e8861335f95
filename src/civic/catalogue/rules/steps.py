"""The steps of a service: a directed graph of department tasks without circles."""

from collections.abc import Collection, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import Any

from civic.core.errors import FieldError

Step = Mapping[str, Any]


def step_errors(steps: Sequence[Step], departments: Collection[str]) -> list[FieldError]:
    """Return what is wrong with the graph: keys, departments, predecessors, circles."""
    errors: list[FieldError] = []
    keys = [str(step.get("key", "")) for step in steps]
    for i, step in enumerate(steps):
        errors += _one_step(i, step, keys, departments)
    if not errors and (circle := _circle(steps)):
        errors.append(
            FieldError("/steps", "cycle", f"办理步骤互相等待，不能完成：{' → '.join(circle)}。请改「后于」一栏。")
        )
    return errors


def _one_step(i: int, step: Step, keys: list[str], departments: Collection[str]) -> list[FieldError]:
    key, where = keys[i], f"/steps/{i}"
    name = f"步骤{i + 1}「{step.get('name') or key}」"
    found = []
    if not key or keys.count(key) > 1:
        found.append(FieldError(f"{where}/key", "unique", f"{name}的代码「{key}」为空或重复，请改成唯一的代码。"))
    if not step.get("name"):
        found.append(FieldError(f"{where}/name", "required", f"{name}没有名称，请填写步骤名称。"))
    if step.get("department") not in departments:
        found.append(
            FieldError(
                f"{where}/department", "unknown", f"{name}的部门「{step.get('department')}」不存在，请从部门表中选择。"
            )
        )
    for before in step.get("after") or []:
        if before not in keys:
            found.append(FieldError(f"{where}/after", "unknown", f"{name}后于「{before}」，但没有这个步骤。"))
    if not isinstance(step.get("days"), int) or isinstance(step.get("days"), bool) or step["days"] < 0:
        found.append(FieldError(f"{where}/days", "type", f"{name}的用时要填 0 或更大的整数。"))
    return found


def _circle(steps: Sequence[Step]) -> list[str]:
    try:
        tuple(_sorter(steps).static_order())
    except CycleError as error:
        return [str(key) for key in error.args[1]]
    return []


def _sorter(steps: Sequence[Step]) -> "TopologicalSorter[str]":
    return TopologicalSorter({step["key"]: tuple(step.get("after") or ()) for step in steps})


def layers(steps: Sequence[Step]) -> list[list[str]]:
    """Return the keys in waves: all of a wave may run in parallel once the waves before are done."""
    sorter = _sorter(steps)
    sorter.prepare()
    order = [step["key"] for step in steps]
    waves = []
    while sorter.is_active():
        wave = sorted(sorter.get_ready(), key=order.index)
        waves.append(wave)
        sorter.done(*wave)
    return waves


def ready(steps: Sequence[Step], done: Collection[str]) -> list[str]:
    """Return the keys of the steps not in `done` whose predecessors are all in `done`, in the listed order."""
    return [s["key"] for s in steps if s["key"] not in done and all(b in done for b in s.get("after") or [])]


def days_needed(steps: Sequence[Step]) -> int:
    """Return the length of the longest path, in the service's day unit. Parallel steps count once."""
    ends: dict[str, int] = {}
    by_key = {step["key"]: step for step in steps}
    for key in _sorter(steps).static_order():
        step = by_key[key]
        ends[key] = step["days"] + max((ends[before] for before in step.get("after") or []), default=0)
    return max(ends.values(), default=0)
