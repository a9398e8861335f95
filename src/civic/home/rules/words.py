"""What people say, and what the services are called: phrases to leave out, and phrases that mean another."""

import re
import unicodedata
from pathlib import Path

_NOISE_WORDS = """
请问一下 请问 我想要 我想 我要 想要 帮我 帮忙 我的 我家 我们 我 怎么样 怎么弄 怎么办理 怎么办 怎么 如何
咋办 咋 哪里 哪儿 在哪 去哪 到哪 什么地方 需要什么 要什么 需要 什么 材料 手续 流程 可以 能不能 能否 有没有
一下 一个 这个 多久 多少钱 一家 网上 自己 家里 应该 的 了 吗 呢 吧 啊 呀 能 在 要 想 去 给 把 想办
去办 把的
"""
NOISE = _NOISE_WORDS.split()


def _meanings() -> dict[str, tuple[str, ...]]:
    """Read what is said -> what services are called; each meaning is tried by itself."""
    text = Path(__file__).with_name("meanings.txt").read_text(encoding="utf-8")
    pairs = [line.split("=", 1) for line in text.splitlines() if "=" in line and not line.startswith("#")]
    return {said.strip(): tuple(word.strip() for word in meant.split(",")) for said, meant in pairs}


MEANINGS = _meanings()

_BY_LENGTH = sorted(MEANINGS, key=len, reverse=True)
_NOISE = re.compile("|".join(sorted(map(re.escape, NOISE), key=len, reverse=True)))
_MARKS = re.compile(r"[^\w\u3400-\u9fff]+")
MOST_READINGS = 12


def plain(text: str) -> str:
    """Return the text without marks and spaces between Chinese characters, in half-width small letters."""
    folded = unicodedata.normalize("NFKC", text).lower()
    kept = _MARKS.sub(" ", folded).strip()
    return re.sub(r"(?<=[\u3400-\u9fff]) +| +(?=[\u3400-\u9fff])", "", kept)


def readings(query: str) -> list[str]:
    """Return the plain query and what it may mean, best first; at most twelve."""
    said = plain(query)
    core = _NOISE.sub("", said) or said
    found = [said, core]
    for base in (core, said):
        for phrase in (p for p in _BY_LENGTH if p in base):
            for meaning in MEANINGS[phrase]:
                found += [again for again in _replaced(base, phrase, meaning) if again not in found]
    return list(dict.fromkeys(found))[: MOST_READINGS * 3]


def _replaced(base: str, phrase: str, meaning: str) -> list[str]:
    """Return `base` with the phrase replaced, also with a second one (社保卡丢 -> 社会保障卡补办)."""
    rest = base.replace(phrase, "\n", 1)
    found = [_NOISE.sub("", rest.replace("\n", meaning, 1)), meaning]
    for other in (p for p in _BY_LENGTH if p in rest):
        for second in MEANINGS[other][:2]:
            found.append(_NOISE.sub("", rest.replace(other, second, 1).replace("\n", meaning, 1)))
    return found
