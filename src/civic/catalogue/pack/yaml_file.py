"""Reads one YAML file so that every error can be pointed at its line."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

LARGEST = 500_000  # bytes; a service is some 10 KB
Lines = Callable[[str], int]


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Plain data only: dates stay text, a key that stands twice is an error."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Any, Any]:
    keys = [loader.construct_object(key, deep=True) for key, _ in node.value]
    for i, key in enumerate(keys):
        if key in keys[:i]:
            raise yaml.constructor.ConstructorError(None, None, f"「{key}」写了两次", node.value[i][0].start_mark)
    made: dict[Any, Any] = loader.construct_mapping(node, deep=True)
    return made


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)


def read_yaml(path: Path) -> tuple[dict[str, Any], Lines, tuple[int, str] | None]:
    """Return the mapping in `path`, a function from JSON pointer to line, and what is wrong: (line, words) or None."""
    if path.stat().st_size > LARGEST:
        return {}, _first_line, (1, f"文件超过 {LARGEST // 1000} KB，请核对。")
    try:
        text = path.read_text(encoding="utf-8-sig")
        loader = _Loader(text)
        node = loader.get_single_node()
        raw = loader.construct_document(node) if node is not None else None
    except UnicodeDecodeError:
        return {}, _first_line, (1, "不是 UTF-8 编码，请另存为 UTF-8。")
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        return {}, _first_line, (mark.line + 1 if mark else 1, f"YAML 语法错误：{error.problem}")
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        return {}, _first_line, (1, f"YAML 语法错误：{error}")
    if not isinstance(raw, dict) or not all(isinstance(key, str) for key in raw):
        return {}, _first_line, (1, "文件要是一组「栏目: 内容」。")
    return raw, lambda pointer: _line(node, pointer), None


def _first_line(_pointer: str) -> int:
    return 1


def _line(node: yaml.Node, pointer: str) -> int:
    """Return the line of the nearest existing node on the way to `pointer`."""
    line = node.start_mark.line
    for part in filter(None, pointer.split("/")):
        child = _child(node, part)
        if child is None:
            break
        line, node = child
    return line + 1


def _child(node: yaml.Node, part: str) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == part:
                return key.start_mark.line, value
    if isinstance(node, yaml.SequenceNode) and part.isdigit() and int(part) < len(node.value):
        value = node.value[int(part)]
        return value.start_mark.line, value
    return None
