"""Puts values back into a form of a page that is already written: what somebody typed, whatever page it was."""

from collections.abc import Mapping, Sequence
from html import escape
from html.parser import HTMLParser
from urllib.parse import urljoin

NOT_TYPED = {"hidden", "password", "file", "submit", "button", "image", "reset"}
Attributes = list[tuple[str, str | None]]


def fill_form(html: str, *, page: str, action: str, values: Mapping[str, Sequence[str]]) -> str:
    """Return `html`, the page at `page`, with `values` in the fields of the form that is posted to `action`.

    Hidden fields, passwords and files stay as the page has them: they were not typed.
    """
    filler = _Filler(page, action, values)
    filler.feed(html)
    filler.close()
    return "".join(filler.written)


class _Filler(HTMLParser):
    """Copies a page as it reads it and changes only the fields of one form."""

    def __init__(self, page: str, action: str, values: Mapping[str, Sequence[str]]) -> None:
        super().__init__(convert_charrefs=False)
        self.written: list[str] = []
        self._page, self._action = page, action
        self._left = {name: list(given) for name, given in values.items()}
        self._is_inside = self._is_replaced = False
        self._chosen: Sequence[str] | None = None

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        given, text = dict(attrs), self.get_starttag_text() or ""
        name = given.get("name") or ""
        if tag == "form":
            is_post = (given.get("method") or "").lower() == "post"
            self._is_inside = is_post and urljoin(self._page, given.get("action") or "") == self._action
        elif self._is_inside and tag == "input":
            text = self._input(attrs, name, (given.get("type") or "text").lower()) or text
        elif self._is_inside and tag == "select" and name in self._left:
            self._chosen = self._left[name]
        elif tag == "option" and self._chosen is not None:
            text = _tag(tag, attrs, "selected", given.get("value") in self._chosen)
        elif self._is_inside and tag == "textarea" and self._left.get(name):
            text += "\n" + escape(self._left[name].pop(0))
            self._is_replaced = True
        self.written.append(text)

    def handle_startendtag(self, tag: str, attrs: Attributes) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._is_inside = False
        elif tag == "select":
            self._chosen = None
        elif tag == "textarea":
            self._is_replaced = False
        self._copy(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self._copy(data)

    def handle_entityref(self, name: str) -> None:
        self._copy(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._copy(f"&#{name};")

    def handle_comment(self, data: str) -> None:
        self._copy(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self._copy(f"<!{decl}>")

    def _input(self, attrs: Attributes, name: str, kind: str) -> str:
        if kind in ("checkbox", "radio") and name:
            return _tag("input", attrs, "checked", (dict(attrs).get("value") or "on") in self._left.get(name, ()))
        if kind in NOT_TYPED or not self._left.get(name):
            return ""
        kept = [(key, value) for key, value in attrs if key != "value"]
        return _tag("input", [*kept, ("value", self._left[name].pop(0))])

    def _copy(self, text: str) -> None:
        if not self._is_replaced:
            self.written.append(text)


def _tag(tag: str, attrs: Attributes, mark: str = "", is_marked: bool = False) -> str:
    """Write a tag anew, with or without the bare attribute `mark`."""
    kept = [(key, value) for key, value in attrs if key != mark] + ([(mark, None)] if is_marked else [])
    words = [key if value is None else f'{key}="{escape(value)}"' for key, value in kept]
    return f"<{' '.join([tag, *words])}>"
