"""Opinion: what somebody says in a rating, checked before it is stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from django.utils.translation import gettext as _

from civic.core.errors import FieldError, Invalid
from civic.ratings.rules import GRADES, LONGEST_COMMENT
from civic.ratings.states import reasons_of


class NotAnOpinion(Invalid):
    """What was sent is not one of the five grades, or names a reason that does not fit, or says too much."""

    code = "not-an-opinion"


@dataclass(frozen=True)
class Opinion:
    """A grade, the reasons for it (codes, may be none) and a comment (may be empty)."""

    grade: int
    reasons: tuple[str, ...] = ()
    comment: str = ""

    @classmethod
    def typed(cls, grade: str, reasons: Sequence[str] = (), comment: str = "") -> Self:
        """Return what a person typed into a form; a grade that was not chosen is 0."""
        return cls(int(grade) if grade in map(str, GRADES) else 0, tuple(reasons), comment)

    def checked(self, channel: str) -> Self:
        """Return this opinion in order: each reason once, no spaces around the comment. Raises: NotAnOpinion."""
        comment = self.comment.replace("\r\n", "\n").replace("\x00", "").strip()
        errors = [*self._wrong_grade(), *self._wrong_reasons(channel), *_too_long(comment)]
        if errors:
            raise NotAnOpinion(errors[0].message, errors=errors)
        return type(self)(self.grade, tuple(dict.fromkeys(self.reasons)), comment)

    def _wrong_grade(self) -> list[FieldError]:
        if self.grade in GRADES:
            return []
        return [FieldError("grade", "grade", _("请从非常满意、满意、基本满意、不满意、非常不满意中选一项。"))]

    def _wrong_reasons(self, channel: str) -> list[FieldError]:
        if set(self.reasons) <= set(reasons_of(channel)):
            return []
        names = "、".join(reason.value for reason in reasons_of(channel))
        return [FieldError("reasons", "reasons", _("评价原因只能从列出的选项中选择：%(names)s。") % {"names": names})]


def _too_long(comment: str) -> list[FieldError]:
    if len(comment) <= LONGEST_COMMENT:
        return []
    words = _("意见最多%(most)s个字，现在是%(n)s个字，请缩短后再提交。") % {"most": LONGEST_COMMENT, "n": len(comment)}
    return [FieldError("comment", "too-long", words)]
