"""Every noun of the code is in the glossary, with what people call it."""

import re

from tests.architecture.sources import ROOT, our_models

ROW = re.compile(
    r"^\| (?P<noun>\w+) \| (?P<term>[^|]+) \| (?P<chinese>[^|]*[\u4e00-\u9fff][^|]*) \| (?P<source>[^|]+) \|$"
)


def test_every_model_is_in_the_glossary() -> None:
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    nouns = {found["noun"] for line in text.splitlines() if (found := ROW.match(line))}

    assert sorted({model.__name__ for model in our_models()} - nouns) == []
