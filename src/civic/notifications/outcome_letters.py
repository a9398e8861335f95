"""The letters about what became of a consultation, Chinese and English. No Django.

The variables: `consultation` (its title), `theme` (the matter, or how many months later), `link` (where to read it).
"""

from civic.notifications.letter import Letter

OUTCOME_LETTERS = (
    Letter(
        code="consultation.answered",
        title="您的意见有答复了：{consultation}",
        body="您在“{consultation}”中提出或支持的意见（{theme}）已经有答复："
        "是否采纳、理由、改了哪一条，请打开 {link} 查看。",
        title_en="What you said has an answer: {consultation}",
        body_en="What you said or supported in “{consultation}” ({theme}) has been answered: whether it was "
        "adopted, why, and which clause has changed. See {link} .",
    ),
    Letter(
        code="consultation.followed_up",
        title="落实得怎么样：{consultation}",
        body="“{consultation}”征求意见答复{theme}个月后，单位公布了落实情况。请打开 {link} 查看。",
        title_en="What came of it: {consultation}",
        body_en="{theme} months after the answers in “{consultation}”, the unit has said what was done. See {link} .",
    ),
    Letter(
        code="consultation.follow_up_due",
        title="该公布落实情况了：{consultation}",
        body="“{consultation}”征求意见答复后满{theme}个月，要公布落实情况，期限是{due}。请打开 {link} 填写。",
        title_en="A follow-up is due: {consultation}",
        body_en="{theme} months after the answers in “{consultation}” people are to be told what was done, by {due}. "
        "Write it at {link} .",
    ),
)
