"""Rights, ratings and remedies for tests: 王芳 rates the delivery of her social security card at 人社局."""

from collections.abc import Sequence
from datetime import timedelta

from civic.accounts.models import Account, Department
from civic.ratings.models import Change, Note, Opinion, Rating, Remedy, Right
from tests.factories.accounts import MONDAY, department, official, resident

WORDS = "窗口排队两个小时，电话没人接。"


def right(
    subject: str = "cases.case:7",
    *,
    holder: Account | None = None,
    home: Department | None = None,
    handlers: Sequence[int] = (),
    step: str = "deliver",
    channel: str = "ONLINE",
    service: str = "LA-RS-001",
) -> Right:
    """A right to rate, whose token is `.token`."""
    found, token = Right.objects.grant(
        subject=subject, step=step, channel=channel, number="LA20260302000000017X", service_code=service,
        service_name="社保卡申领", department=home or department(), handlers=handlers,
        holder=holder, by="timer", at=MONDAY,
    )  # fmt: skip
    found.token = token or ""
    return found


def rating(grade: int = 5, *, of: Right | None = None, address: str = "10.0.0.1", **said: object) -> Rating:
    """A rating given on Monday, by whoever holds the link."""
    given: Rating = Rating.objects.submit(
        right=of or right(holder=resident()), opinion=opinion(grade, **said), by=None, address=address, at=MONDAY
    )
    return given


def opinion(grade: int = 5, reasons: Sequence[str] = (), comment: str = "") -> Opinion:
    """What somebody says."""
    return Opinion(grade, tuple(reasons), comment)


def remedy(grade: int = 1, *, of: Right | None = None) -> Remedy:
    """The remedy that a bad rating has opened."""
    return rating(grade, of=of, comment=WORDS).remedies.get()


def supervisor(name: str = "赵磊", home: Department | None = None) -> Account:
    """A supervisor who has handled nothing."""
    return official(name, department=home or department(), roles=("supervisor",))


def note(of: Remedy | None = None) -> Note:
    """What a supervisor wrote down after calling the rater."""
    found = of or remedy()
    found.contact(note="已电话听取情况。", by=supervisor(), at=MONDAY)
    return found.notes.get()


def change() -> Change:
    """What a rating said before it was changed from 满意 to 基本满意."""
    given = rating(4)
    given.change(opinion(3), by=None, at=MONDAY + timedelta(days=1))
    return given.changes.get()
