"""A store in memory that behaves like the real ones, for tests."""

import re

from django.utils.translation import gettext as _

from civic.core.errors import Unavailable


class Memory:
    """Keeps objects in a dictionary; `broken` makes it refuse like a store that is down."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.broken = False

    def put(self, name: str, content: bytes) -> None:
        self._check(name)
        self.objects[name] = bytes(content)

    def get(self, name: str) -> bytes:
        self._check(name)
        if name not in self.objects:
            raise Unavailable(_("文件内容找不到了，请联系平台管理员。"))
        return self.objects[name]

    def remove(self, name: str) -> None:
        self._check(name)
        self.objects.pop(name, None)

    def _check(self, name: str) -> None:
        if re.fullmatch(r"[0-9a-f]{32}", name) is None:
            raise ValueError("The name of an object is 32 hexadecimal digits.")
        if self.broken:
            raise Unavailable(_("文件存储暂时不可用，请稍后再试。"))


MEMORY = Memory()
