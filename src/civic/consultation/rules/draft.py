"""The text of a draft by chapter, article, paragraph and item (编、章、节、条、款、项、目); not a character is lost.

Reads plain text and Markdown in which every article, paragraph and item begins a line. Each line becomes one clause
with an anchor that is stable as long as its number is: `art12.p2.i3` is 第十二条第二款第三项.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum

from civic.consultation.rules.numerals import GREATEST, NUMERAL, number, numeral


class Kind(StrEnum):
    """What a clause is. Front is all that stands before the first heading or article."""

    FRONT = "front"
    BOOK = "book"
    CHAPTER = "chapter"
    SECTION = "section"
    ARTICLE = "article"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    SUBITEM = "subitem"
    ANNEX = "annex"


CHINESE = {
    Kind.FRONT: "", Kind.BOOK: "编", Kind.CHAPTER: "章", Kind.SECTION: "节", Kind.ARTICLE: "条", Kind.PARAGRAPH: "款",
    Kind.ITEM: "项", Kind.SUBITEM: "目", Kind.ANNEX: "附件",
}  # fmt: skip
PREFIX = {
    Kind.FRONT: "front", Kind.BOOK: "bk", Kind.CHAPTER: "ch", Kind.SECTION: "sec", Kind.ARTICLE: "art",
    Kind.PARAGRAPH: "p", Kind.ITEM: "i", Kind.SUBITEM: "s", Kind.ANNEX: "annex",
}  # fmt: skip
# Whose child a clause may be, the nearest first; an article's anchor does not name its chapter, so that a draft may be
# divided into chapters anew and every opinion stays where it is.
ABOVE = {
    Kind.BOOK: (), Kind.CHAPTER: (Kind.BOOK,), Kind.SECTION: (Kind.CHAPTER, Kind.BOOK), Kind.FRONT: (),
    Kind.ARTICLE: (Kind.SECTION, Kind.CHAPTER, Kind.BOOK), Kind.PARAGRAPH: (Kind.ARTICLE, Kind.ANNEX),
    Kind.ITEM: (Kind.PARAGRAPH,), Kind.SUBITEM: (Kind.ITEM, Kind.PARAGRAPH), Kind.ANNEX: (),
}  # fmt: skip
ORDER = list(Kind)
DIVISIONS = {"编": Kind.BOOK, "章": Kind.CHAPTER, "节": Kind.SECTION}
MARKS = r"[ \t　]*(?:#{1,6}[ \t]+|\*\*)?"
HEADING = re.compile(rf"{MARKS}(第[ 　]*({NUMERAL})[ 　]*([编章节]))(?:之({NUMERAL}))?(?:\*\*)?(?=[ \t　]|$)[ \t　]*")
ARTICLE = re.compile(rf"{MARKS}(第[ 　]*({NUMERAL})[ 　]*条(?:之({NUMERAL}))?)(?:\*\*)?(?=[ \t　]|$)[ \t　]*")
ITEM = re.compile(r"[ \t　]*([（(]([〇零一二三四五六七八九十百]{1,9})[）)])[ \t　]*")
SUBITEM = re.compile(r"[ \t　]*((?:[（(]([0-9０-９]{1,2})[）)]|([0-9０-９]{1,2})[.．、](?![0-9])))[ \t　]*")
ANNEX = re.compile(rf"{MARKS}(附[件表录]({NUMERAL})?)(?=[:：]|[ \t　]*$)[:：]?[ \t　]*")
CONTENTS = re.compile(rf"{MARKS}目[ 　]*[录次][ \t　]*$")
BLANK = re.compile(r"\s*(?:<!--.*-->\s*)?$")


@dataclass(frozen=True)
class Clause:
    """One clause: its number and label as written (第十二条, （三）), its words, and the text it was read from.

    `number` counts paragraphs from 1; `sub` is the second number of 第十二条之一. `raw` holds label, words and every
    blank that follows; all of them in order are the text. `line` counts from 1.
    """

    anchor: str
    kind: Kind
    number: int
    label: str
    words: str
    raw: str
    line: int
    parent: str | None
    sub: int = 0


@dataclass(frozen=True)
class Defect:
    """What is wrong with the text: `code` is missing, repeated, backwards, zero or empty."""

    line: int
    code: str
    message: str


@dataclass(frozen=True)
class Draft:
    """A draft: its clauses in the order of the text, and its defects."""

    clauses: tuple[Clause, ...]
    defects: tuple[Defect, ...]

    @property
    def text(self) -> str:
        """Return the text as it was read, to the last character."""
        return "".join(clause.raw for clause in self.clauses)

    def of(self, kind: Kind) -> list[Clause]:
        """Return all clauses of a kind."""
        return [clause for clause in self.clauses if clause.kind == kind]

    def children(self, anchor: str | None) -> list[Clause]:
        """Return the clauses directly below one; None: the uppermost."""
        return [clause for clause in self.clauses if clause.parent == anchor]

    def below(self, anchor: str) -> list[Clause]:
        """Return a clause and everything below it, in the order of the text."""
        inside, found = {anchor}, []
        for clause in self.clauses:
            if clause.anchor in inside or clause.parent in inside:
                inside.add(clause.anchor)
                found.append(clause)
        return found


@dataclass(frozen=True)
class _Sign:
    """How a line begins: what it is, its label and numbers, and where in the line its words begin."""

    kind: Kind
    label: str = ""
    number: int | None = None
    sub: int = 0
    end: int = 0


@dataclass
class _Reading:
    """How far the reading has come: the clause that stands open at each level, and what was found."""

    clauses: list[Clause] = field(default_factory=list)
    open: dict[Kind, Clause] = field(default_factory=dict)
    last: dict[tuple[Kind, str | None], Clause] = field(default_factory=dict)
    taken: dict[str, int] = field(default_factory=dict)  # anchor -> how often the text gives it
    defects: list[Defect] = field(default_factory=list)
    pending: list[str] = field(default_factory=list)  # blanks that no clause has been given yet


def parse(text: str) -> Draft:
    """Return the draft that a text holds. Every text is one; what looks wrong in it is named in `defects`."""
    reading = _Reading()
    contents: set[str] | None = None  # the headings of a table of contents that is being read
    for at, line in enumerate(_lines(text), start=1):
        contents = _contents(line, contents)
        if BLANK.match(line):
            _append(reading, line)
        elif contents is not None:
            _take(reading, at, line, _Sign(Kind.FRONT))
        else:
            _read(reading, line, at)
    if reading.pending and not reading.clauses:
        _take(reading, 1, "", _Sign(Kind.FRONT))
    _blanks(reading)
    _note_empty(reading)
    return Draft(tuple(reading.clauses), tuple(sorted(reading.defects, key=lambda defect: defect.line)))


def _lines(text: str) -> Iterator[str]:
    """Yield the lines with their ends; only a line feed ends one."""
    yield from re.findall(r"[^\n]*\n|[^\n]+", text)


def _contents(line: str, contents: set[str] | None) -> set[str] | None:
    """Return the headings that the table of contents has named so far; None outside of one.

    It ends at an article, or where its first heading comes again.
    """
    if CONTENTS.match(line.rstrip("\r\n")):
        return set()
    if contents is None or ARTICLE.match(line):
        return None
    if found := HEADING.match(line):
        if found[0].strip(" \t　#*") in contents:
            return None
        contents.add(found[0].strip(" \t　#*"))
    return contents


def _read(reading: _Reading, line: str, at: int) -> None:
    """Take one line that is not blank into the draft."""
    body = line.rstrip("\r\n")
    is_in_paragraph = Kind.PARAGRAPH in reading.open
    if found := HEADING.match(body):
        _take(reading, at, line, _Sign(DIVISIONS[found[3]], found[1], number(found[2]), end=found.end()))
    elif found := ARTICLE.match(body):
        sign = _Sign(Kind.ARTICLE, found[1], number(found[2]), number(found[3] or "0"), end=found.end())
        _take(reading, at, line[: found.end()], sign)
        _paragraph(reading, line[found.end() :], at)
    elif found := ANNEX.match(body):
        _take(reading, at, line, _Sign(Kind.ANNEX, found[1], number(found[2] or "1"), end=found.end()))
    elif is_in_paragraph and (found := ITEM.match(body)):
        _take(reading, at, line, _Sign(Kind.ITEM, found[1], number(found[2]), end=found.end()))
    elif is_in_paragraph and (found := SUBITEM.match(body)):
        _take(reading, at, line, _Sign(Kind.SUBITEM, found[1], number(found[2] or found[3]), end=found.end()))
    else:
        _paragraph(reading, line, at)


def _paragraph(reading: _Reading, raw: str, at: int) -> None:
    """Take a line without a number: a paragraph of the open article, or front matter."""
    if not raw.strip():
        _append(reading, raw)
    elif Kind.ARTICLE in reading.open or Kind.ANNEX in reading.open:
        _take(reading, at, raw, _Sign(Kind.PARAGRAPH))
    else:
        _take(reading, at, raw, _Sign(Kind.FRONT))


def _append(reading: _Reading, raw: str) -> None:
    """Add blanks to the clause before them: all at once, when the next one begins."""
    reading.pending.append(raw)


def _blanks(reading: _Reading) -> str:
    """Give pending blanks to the clause before them; return them where there is none."""
    blanks = "".join(reading.pending)
    reading.pending.clear()
    if not reading.clauses or not blanks:
        return blanks
    reading.clauses[-1] = replace(reading.clauses[-1], raw=reading.clauses[-1].raw + blanks)
    return ""


def _take(reading: _Reading, at: int, raw: str, sign: _Sign) -> None:
    """Add a clause to the draft and open it; a `sign` without a number is the next of its kind."""
    kind = sign.kind
    parent = next((reading.open[above] for above in ABOVE[kind] if above in reading.open), None)
    within = parent.anchor if parent and kind is not Kind.ARTICLE else None
    before = reading.last.get((kind, within))
    value = (before.number if before else 0) + 1 if sign.number is None else sign.number
    step = f"{PREFIX[kind]}{value}" + (f"-{sign.sub}" if sign.sub else "")
    anchor = _free(f"{within}.{step}" if within else step, reading.taken)
    words = "" if kind is Kind.ARTICLE else raw[sign.end :].strip()
    above = parent.anchor if parent else None
    clause = Clause(anchor, kind, value, sign.label, words, _blanks(reading) + raw, at, above, sign.sub)
    reading.defects += _out_of_order(clause, before)
    reading.clauses.append(clause)
    reading.last[kind, within] = clause
    if kind is not Kind.FRONT:
        reading.open = {one: held for one, held in reading.open.items() if _stays_open(one, kind)} | {kind: clause}


def _stays_open(held: Kind, kind: Kind) -> bool:
    """Return whether a clause stays open when one of `kind` begins: only what stands above it does."""
    if Kind.ANNEX in (held, kind):
        return held is Kind.ANNEX and ORDER.index(kind) >= ORDER.index(Kind.PARAGRAPH) and kind is not Kind.ANNEX
    return ORDER.index(held) < ORDER.index(kind)


def _free(anchor: str, taken: dict[str, int]) -> str:
    """Return the anchor, or with ~2, ~3 … where the text gives the same number again."""
    taken[anchor] = again = taken.get(anchor, 0) + 1
    return anchor if again == 1 else f"{anchor}~{again}"


def _out_of_order(clause: Clause, before: Clause | None) -> Iterator[Defect]:
    """Yield what is wrong with the number of a clause after the one before it of its kind."""
    was, here = (before.number, before.sub) if before else (0, 0), (clause.number, clause.sub)
    if not clause.number:
        yield Defect(clause.line, "zero", f"第{clause.line}行：{clause.label}的编号不能是零。请核对编号。")
    elif here == was:
        yield Defect(clause.line, "repeated", f"第{clause.line}行：{_name(clause, here)}重复出现。请核对编号。")
    elif here < was:
        yield Defect(
            clause.line,
            "backwards",
            f"第{clause.line}行：{_name(clause, here)}排在{_name(clause, was)}之后。请核对编号。",
        )
    elif here not in ((was[0] + 1, 0), (was[0], was[1] + 1)):
        missing = (was[0], was[1] + 1) if here[0] == was[0] else (was[0] + 1, 0)
        yield Defect(
            clause.line,
            "missing",
            f"第{clause.line}行：{_name(clause, here)}之前缺少{_name(clause, missing)}。请核对编号。",
        )


def _name(clause: Clause, at: tuple[int, int]) -> str:
    if max(at) > GREATEST:
        return f"编号{at[0]}"
    sub = f"之{numeral(at[1])}" if at[1] else ""
    return f"第{numeral(at[0])}{CHINESE[clause.kind]}{sub}"


def _note_empty(reading: _Reading) -> None:
    """Note articles without a word."""
    filled = {clause.parent for clause in reading.clauses if clause.kind is Kind.PARAGRAPH}
    for clause in reading.clauses:
        if clause.kind is Kind.ARTICLE and clause.anchor not in filled:
            words = f"第{clause.line}行：{clause.label}没有内容。请补全。"
            reading.defects.append(Defect(clause.line, "empty", words))


STEP = re.compile(r"(front|bk|ch|sec|annex|art|p|i|s)(\d+)(?:-(\d+))?")
OF_PREFIX = {prefix: kind for kind, prefix in PREFIX.items()}
ENGLISH = {
    Kind.FRONT: "heading", Kind.BOOK: "book", Kind.CHAPTER: "chapter", Kind.SECTION: "section", Kind.ARTICLE: "art.",
    Kind.PARAGRAPH: "para.", Kind.ITEM: "item", Kind.SUBITEM: "subitem", Kind.ANNEX: "annex",
}  # fmt: skip


def name_of(anchor: str) -> str:
    """Return what people call the clause of an anchor: art12-1.p2.i3 is 第十二条之一第二款第三项."""
    return "".join(_step_name(*found.groups()) for part in anchor.split(".") if (found := STEP.match(part)))


def english_name_of(anchor: str) -> str:
    """Return the same in English: art. 12-1, para. 2, item 3."""
    steps = [found.groups() for part in anchor.split(".") if (found := STEP.match(part))]
    return ", ".join(f"{ENGLISH[OF_PREFIX[prefix]]} {at}" + (f"-{sub}" if sub else "") for prefix, at, sub in steps)


def _step_name(prefix: str, digits: str, sub: str | None) -> str:
    kind, at = OF_PREFIX[prefix], int(digits)
    if kind is Kind.FRONT:
        return f"题注{at}"
    if kind is Kind.ANNEX:
        return f"附件{at}"
    told = numeral(at) if at <= GREATEST else digits
    return f"第{told}{CHINESE[kind]}" + (f"之{numeral(int(sub))}" if sub else "")
