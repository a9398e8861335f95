"""The letters to those who have proposed something for a neighbourhood's money, or stand by it. No Django."""

from civic.notifications.letter import Letter


def _proposal(step: str, title: str, body: str, title_en: str, body_en: str) -> Letter:
    """Return a letter about a proposal; every one ends with where to look."""
    return Letter(
        code=f"proposal.{step}",
        title=f"{title}：{{title}}",
        body=f"您参与的提案“{{title}}”（{{round}}）{body}详情见 {{link}} 。",
        title_en=f"{title_en}: {{title}}",
        body_en=f"The proposal “{{title}}” ({{round}}) that you have part in {body_en} See {{link}} .",
    )


BUDGET_LETTERS = (
    _proposal(
        "repair",
        "提案需要补正",
        "有筛选标准不符合，请在{until}前补正一次，意见和怎样改已写明。",
        "Please mend your proposal",
        "does not meet a criterion: mend it once, before {until}; what and how is written there.",
    ),
    _proposal(
        "changed",
        "提案有改动",
        "有了改动，改了什么和理由已公开。",
        "Your proposal was changed",
        "was changed; what and why is public.",
    ),
    _proposal("admitted", "提案通过筛选", "通过了筛选，可以列入投票。", "Admitted", "was admitted to the vote."),
    _proposal(
        "refused",
        "提案未通过筛选",
        "没有通过筛选，不符合哪一条、可以怎样做已写明。",
        "Not admitted",
        "was not admitted; which criterion it does not meet and what can be done is written there.",
    ),
    _proposal("withdrawn", "提案已撤回", "由提案人撤回，理由已写明。", "Withdrawn", "was withdrawn by its author."),
    _proposal(
        "merged",
        "提案已合并",
        "与另一个提案合并，您的署名和附议都算在合并后的提案里。",
        "Merged",
        "was merged with another; your name and support count there.",
    ),
    _proposal("entered", "提案列入投票", "已列入投票，内容不再变动。", "On the ballot", "is on the ballot."),
    _proposal("funded", "提案入选", "在投票中入选，将要实施。", "Chosen", "was chosen and will be built."),
    _proposal(
        "passed-over",
        "提案未入选",
        "在投票中没有入选，差多少票已公布。",
        "Not chosen",
        "was not chosen; how many votes were missing is published.",
    ),
    _proposal("started", "项目开工", "已经开工，节点和资金已公布。", "Work has begun", "is being built."),
    _proposal("milestone", "项目有进展", "完成了一个节点，支出已公布。", "Progress", "has reached a milestone."),
    _proposal(
        "delivered",
        "项目完成验收",
        "已经完成，监督小组通过了验收。欢迎评价是否满意。",
        "Delivered",
        "is finished and accepted by the supervising group. Please say how content you are.",
    ),
    _proposal(
        "abandoned", "项目不再实施", "不再实施，理由已写明。", "Given up", "will not be built; the reason is there."
    ),
)
