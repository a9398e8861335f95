"""The letters about what somebody said in a consultation, and what moderation decided. No Django."""

from civic.notifications.letter import Letter


def _opinion(step: str, title: str, body: str, title_en: str, body_en: str) -> Letter:
    """Return a letter to the author of an opinion; its words are in no letter."""
    return Letter(
        code=f"opinion.{step}",
        title=title,
        body=f"您对《{{title}}》提的意见（编号{{number}}）{body}登录后可在“我的意见”中查看。",
        title_en=title_en,
        body_en=f"Your opinion (number {{number}}) on “{{title}}” {body_en} Log in and see “My opinions”.",
    )


MODERATION_LETTERS = (
    _opinion(
        "published",
        "您的意见已公开",
        "已经审核，现在公开了。",
        "Your opinion is public",
        "was looked at and is public now.",
    ),
    _opinion(
        "held",
        "您的意见没有公开",
        "没有公开，原因已写明；不服可以申诉，由另一位负责人处理。",
        "Your opinion is not shown",
        "is not shown; the reason is given, and you may appeal to another head of the unit.",
    ),
    _opinion(
        "restored",
        "您的申诉成立",
        "申诉成立，已经公开。",
        "Your appeal was right",
        "is public now: your appeal was right.",
    ),
    _opinion(
        "upheld",
        "您的申诉不成立",
        "申诉不成立，理由已写明。",
        "Your appeal was turned down",
        "stays as it is: your appeal was turned down, with the reason.",
    ),
    _opinion(
        "merged",
        "您的意见与相同意见合并",
        "与别人提的相同意见合在一起计，您仍是提出人之一。",
        "Your opinion was merged",
        "is counted with the same opinion of somebody else; you are still one of its authors.",
    ),
)
