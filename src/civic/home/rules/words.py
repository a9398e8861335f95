"""What people say, and what the services are called: phrases to leave out, and phrases that mean another."""

import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

_NOISE_WORDS = """
请问一下 请问 我想要 我想 我要 想要 帮我 帮忙 我的 我家 我们 我 怎么样 怎么弄 怎么办理 怎么办 怎么 如何
咋办 咋 哪里 哪儿 在哪 去哪 到哪 什么地方 需要什么 要什么 需要 什么 材料 手续 流程 可以 能不能 能否 有没有
一下 一个 这个 多久 多少钱 一家 网上 自己 家里 应该 的 了 吗 呢 吧 啊 呀 能 在 要 想 去 给 把 想办
去办 把的
"""
NOISE = re.compile("|".join(sorted(map(re.escape, _NOISE_WORDS.split()), key=len, reverse=True)))
MARKS = re.compile(r"[^\w\u3400-\u9fff]+")
GAP = "\n"
MOST_READINGS = 16
MEANT, LONE = 0.97, 0.5  # worth of a reading by meaning; of one that drops all the rest of what was said


class Meanings:
    """What is said -> what services are called: our own list, and the city's groups of words that mean the same."""

    def __init__(self, groups: Iterable[Iterable[str]] = ()) -> None:
        self._meant: dict[str, list[str]] = {}
        for said, meant in _listed():
            self._add(said, meant)
        for group in groups:
            words = [str(word) for word in group]
            for word in words:
                self._add(word, [other for other in words if other != word])
        self._phrases = sorted(self._meant, key=len, reverse=True)

    def readings(self, query: str) -> list[tuple[str, float]]:
        """Return the plain query, its core, and what they may mean, each with its worth, best first.

        A reading that keeps only a part of what was said is worth less.
        """
        said = plain(query)
        core = NOISE.sub("", said) or said
        found = {said: 1.0, core: 1.0}
        for phrase in self._in(core):
            share = LONE + (1 - LONE) * len(phrase) / len(core)
            for meaning in self._meant[phrase]:
                for reading in self._replaced(core, phrase, meaning):
                    found.setdefault(reading, MEANT)
                found.setdefault(meaning, MEANT * share)
        return sorted(found.items(), key=lambda pair: -pair[1])[:MOST_READINGS]

    def _replaced(self, core: str, phrase: str, meaning: str) -> list[str]:
        """Return `core` with the phrase replaced, also with a second one (社保卡丢 -> 社会保障卡补办)."""
        rest = core.replace(phrase, GAP, 1)
        found = [rest.replace(GAP, meaning)]
        for other in self._in(rest):
            found += [rest.replace(other, second, 1).replace(GAP, meaning) for second in self._meant[other][:2]]
        return found

    def _in(self, text: str) -> list[str]:
        """Return the known phrases in the text, longest first, without those inside a longer one."""
        found: list[str] = []
        for phrase in self._phrases:
            if phrase in text and not any(phrase in longer for longer in found):
                found.append(phrase)
        return found

    def _add(self, said: str, meant: Iterable[str]) -> None:
        known = self._meant.setdefault(plain(said), [])
        known += [plain(meaning) for meaning in meant if plain(meaning) not in known]


def plain(text: str) -> str:
    """Return the text without marks and spaces between Chinese characters, in half-width small letters."""
    folded = unicodedata.normalize("NFKC", text).lower()
    kept = MARKS.sub(" ", folded).strip()
    return re.sub(r"(?<=[\u3400-\u9fff]) +| +(?=[\u3400-\u9fff])", "", kept)


def _listed() -> list[tuple[str, list[str]]]:
    text = Path(__file__).with_name("meanings.txt").read_text(encoding="utf-8")
    pairs = [line.split("=", 1) for line in text.splitlines() if "=" in line and not line.startswith("#")]
    return [(said.strip(), meant.split(",")) for said, meant in pairs]
