"""Translation for pure modules: they know no framework; config puts the framework's gettext in at start."""

from collections.abc import Callable

Translate = Callable[[str], str]
_translators: list[Translate] = []


def use(translate: Translate) -> None:
    """Translate with `translate` from now on."""
    _translators[:] = [translate]


def gettext(text: str) -> str:
    """Return `text` in the reader's language; as it stands where nobody translates (a script, a plain test)."""
    return _translators[0](text) if _translators else text
