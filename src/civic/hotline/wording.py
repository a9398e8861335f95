"""Words of an answer and of the register: what is an empty phrase, what is said, and who is named. No Django."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from civic.masking.rules import mask_text

SHORTEST = 4  # characters of a sentence that asks something
SHORTEST_ANSWER = 10
EMPTY_PHRASES = (
    "感谢您的来电", "感谢您的关心", "感谢您对我们工作的", "感谢您的理解和支持", "感谢您的支持", "感谢您的反映",
    "您反映的问题已收悉", "已收悉", "高度重视", "我们非常重视", "已转相关部门", "已转交相关部门", "已转有关单位",
    "已转办", "已转", "正在研究", "会认真研究", "将认真研究", "积极协调", "积极推进", "会尽快处理", "将尽快处理",
    "尽快处理", "尽快解决", "将加强监管", "加强监管", "加大力度", "依法依规处理", "依法处理", "将持续关注",
    "请您耐心等待", "敬请谅解", "如有疑问请致电", "祝您生活愉快", "相关部门", "您好", "谢谢",
)  # fmt: skip
DONE_WORDS = (
    "已修复", "已更换", "已清理", "已整改", "已恢复", "已退还", "已发放", "已处罚", "已拆除", "已办理", "已联系",
    "现场", "核实", "经查", "更换", "维修", "修复", "拆除", "退款", "赔偿", "罚款", "约谈", "责令", "安排", "计划于",
    "完成", "可以到", "可以拨打", "请携带", "申请",
)  # fmt: skip
DATED = re.compile(r"\d{1,4}\s*[年月日号]|\d{1,2}:\d{2}|\d+\s*(?:个)?(?:工作日|小时|天)内?|本周|下周|今天|明天")
CITED = re.compile(r"《[^》]{3,40}》|第[一二三四五六七八九十百零\d]+条|〔\d{4}〕\d+号")
COUNTED = re.compile(r"\d")
SENTENCE = re.compile(r"[。！？；\n]")


@dataclass(frozen=True)
class Weighed:
    """An answer weighed: scores from 0 to 1 by name, the empty phrases in it, and whether nothing else is."""

    scores: Mapping[str, float]
    phrases: tuple[str, ...]
    is_empty: bool


def weigh_answer(words: str, *, asked: str) -> Weighed:
    """Return how far an answer speaks of what was asked, says what was done, why, and when.

    Empty is one that holds neither an act, a date, a figure nor a rule once its phrases are taken out.
    """
    phrases = tuple(phrase for phrase in EMPTY_PHRASES if phrase in words)
    rest = words
    for phrase in phrases:
        rest = rest.replace(phrase, "")
    acts = [word for word in DONE_WORDS if word in rest]
    when, cited, counted = DATED.search(rest), CITED.search(rest), COUNTED.search(rest)
    told = len("".join(rest.split()))
    scores = {
        "relevant": _shared(asked, rest),
        "complete": round(min(1.0, 0.5 * min(1.0, told / 60) + 0.25 * min(2, len(acts))), 2),
        "explained": 1.0 if cited else 0.5 if "因为" in rest or "由于" in rest or "原因" in rest else 0.0,
        "timely": 1.0 if when else 0.0,
        "boilerplate": round(1 - told / max(1, len("".join(words.split()))), 2),
    }
    return Weighed(scores, phrases, told < SHORTEST_ANSWER or not (acts or when or cited or counted))


def _shared(asked: str, answered: str) -> float:
    """Return the share of the question's sentences of which the answer takes something up."""
    pairs = {answered[i : i + 2] for i in range(len(answered) - 1)}
    parts = [part for part in SENTENCE.split(asked) if len(part) >= SHORTEST]
    taken = sum(any(part[i : i + 2] in pairs for i in range(len(part) - 1)) for part in parts)
    return round(taken / len(parts), 2) if parts else 0.0


SURNAMES = (
    "王李张刘陈杨黄赵周吴徐孙朱马胡郭林何高罗郑梁谢宋唐许邓韩冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟"
    "秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤"
)
TITLES = "先生|女士|小姐|师傅|老师|经理|主任|医生|老板|大爷|大妈|阿姨|叔叔|队长|所长|书记|局长|科长|同志|校长|院长"
TITLED_NAME = re.compile(rf"([{SURNAMES}])[\u4e00-\u9fff]{{1,2}}?({TITLES})")
LABELS = "姓名|名叫|叫做|联系人|负责人|业主|户主|经办人|老板叫|我叫|我是"
NAMED = re.compile(rf"({LABELS})([:：是为]?)([{SURNAMES}])[\u4e00-\u9fff]{{1,2}}(?!路|街|镇|村|区|局)")


def for_others(text: str, names: Sequence[str] = ()) -> str:
    """Return a text that others than its writer and reader may read: no numbers, names, addresses of persons."""
    return without_names(mask_text(text, "strict"), names)


def without_names(text: str, names: Sequence[str] = ()) -> str:
    """Return a text in which persons are not named: those known, those with a title, those introduced by a label."""
    for name in names:
        text = text.replace(name, "某某")
    text = TITLED_NAME.sub(lambda found: f"{found[1]}某{found[2]}", text)
    return NAMED.sub(lambda found: f"{found[1]}{found[2]}{found[3]}某", text)
