"""What is quoted of the laws at hand stands there: the article exists, an excerpt is word for word."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from civic.catalogue.pack.city import read_pack
from tests.shared import DATA, needs_data

LAWS = DATA / "laws"
pytestmark = needs_data

NUMBER = "第[一二三四五六七八九十百零]+条"
ARTICLE = re.compile(rf"^({NUMBER})[\s　]+(.*?)(?=^{NUMBER}[\s　]|\Z)", re.MULTILINE | re.DOTALL)
QUOTE = re.compile(rf"《(?:中华人民共和国)?([^》]+)》(?:[(（][^)）]*[)）])?((?:{NUMBER}[^《；。|,]{{0,8}}?)+)")
SHORT = re.compile(r"([一-龥]{3,12}(?:法|条例)) ((?:\d+(?: \(\d\))?(?:, | and )?)+)")
DIGITS = "零一二三四五六七八九"
READ = [
    *(settings.ROOT / "cities").rglob("*.yaml"), *(settings.ROOT / "cities").rglob("*.csv"),
    *(settings.ROOT / "docs").rglob("*.md"),
    *(path for path in (settings.ROOT / "src").rglob("*") if path.suffix in (".py", ".html", ".po")),
]  # fmt: skip


def laws() -> dict[str, dict[str, str]]:
    """Return name of a law -> number of an article -> its words."""
    return {path.name.partition("(")[0]: articles(path) for path in LAWS.glob("*.md")}


def articles(path: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    for number, words in ARTICLE.findall(path.read_text(encoding="utf-8")):
        found.setdefault(number, words)
    return found


def in_chinese(number: int) -> str:
    """Return 45 as 第四十五条, for the documents that write numbers."""
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    words = f"{DIGITS[hundreds]}百" if hundreds else ""
    words += "" if not tens and not (hundreds and ones) else "零" if not tens else f"{DIGITS[tens]}十"
    words = words.removeprefix("一") if 10 <= number < 20 else words
    return f"第{words}{DIGITS[ones] if ones else ''}条"


def quotes(text: str) -> Iterator[tuple[str, str]]:
    """Yield (law, article) for each quotation in `text`."""
    for law, numbers in QUOTE.findall(text):
        yield from ((law, number) for number in re.findall(NUMBER, numbers))
    for law, numbers in SHORT.findall(text):
        yield from ((law, in_chinese(int(number))) for number in re.findall(r"(?<!\()\b\d+\b(?!\))", numbers))


def plain(text: str) -> str:
    return re.sub(r"[\s　()（）]", "", text)


def test_the_laws_are_read_whole() -> None:
    known = laws()

    assert len(known) == 27
    assert [len(known[name]) for name in ("行政许可法", "个人信息保护法", "户口登记条例", "社会保险法")] == [
        83,
        74,
        24,
        98,
    ]


@pytest.mark.parametrize(
    ("number", "words"),
    [(4, "第四条"), (10, "第十条"), (14, "第十四条"), (42, "第四十二条"), (100, "第一百条"), (105, "第一百零五条")],
)
def test_numbers_are_written_as_the_law_writes_them(number: int, words: str) -> None:
    assert in_chinese(number) == words


def test_every_quoted_article_exists() -> None:
    known, seen, missing = laws(), 0, []
    for path in READ:
        for law, number in quotes(path.read_text(encoding="utf-8")):
            seen += law in known
            if law in known and number not in known[law]:
                missing.append(f"{path.relative_to(settings.ROOT)}: 《{law}》{number}")

    assert missing == []
    assert seen > 150  # the laws at hand are quoted all over the city: an empty search would prove nothing


def test_every_legal_basis_of_a_service_exists_and_every_excerpt_is_the_words_of_its_article() -> None:
    known, wrong, seen = laws(), [], 0
    for code, service in read_pack(settings.CITY_PACK).services.items():
        for basis in service.content["legal_basis"]:
            law = basis["title"].removeprefix("《").removeprefix("中华人民共和国").partition("》")[0]
            numbers = re.findall(NUMBER, basis.get("article") or "")
            if law not in known or not numbers:
                continue
            seen += 1
            words = plain("".join(known[law].get(number, "") for number in numbers))
            parts = [part for part in re.split("[。；…]", basis.get("text") or "") if part]
            wrong += [f"{code}: {basis['title']}{basis['article']}: {p}" for p in parts if plain(p) not in words]
            wrong += [f"{code}: {basis['title']}{number}" for number in numbers if number not in known[law]]

    assert wrong == []
    assert seen > 60


@pytest.mark.parametrize(
    ("law", "number", "limit", "codes"),
    [
        (
            "住房公积金管理条例",
            "第二十五条",
            "3日内",
            ["LA-GJ-001", "LA-GJ-003", "LA-GJ-004", "LA-GJ-005", "LA-GJ-006"],
        ),
        ("住房公积金管理条例", "第二十六条", "15日内", ["LA-GJ-002", "LA-GJ-007"]),
        ("居民身份证法", "第十二条", "六十日内", ["LA-GA-003", "LA-GA-004", "LA-GA-005"]),
        ("社会保险法", "第五十七条", "十五日内", ["LA-RS-014"]),
        ("政府信息公开条例", "第三十三条", "20个工作日内", ["LA-SJ-004"]),
        ("信访工作条例", "第三十四条", "60日内", ["LA-XF-001"]),
        ("信访工作条例", "第三十五条", "30日内", ["LA-XF-002"]),
        ("行政许可法", "第四十二条", "二十日内", ["LA-CG-001", "LA-CG-002", "LA-SH-001"]),
    ],
)
def test_a_limit_set_by_a_law_at_hand_is_the_services_limit(
    law: str, number: str, limit: str, codes: list[str]
) -> None:
    days = {"3": 3, "15": 15, "六十": 60, "十五": 15, "20": 20, "60": 60, "30": 30, "二十": 20}[
        re.split("日|个", limit)[0]
    ]
    by_workdays = "工作日" in limit or law == "行政许可法"  # art. 82: its limits are working days
    services = read_pack(settings.CITY_PACK).services

    assert limit in laws()[law][number]
    for code in codes:
        content = services[code].content
        expected = (days, "WORKDAY" if by_workdays else "NATURAL_DAY")
        assert (code, content["statutory_days"], content["day_unit"]) == (code, *expected)
