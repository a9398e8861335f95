"""Budgeting for tests: 金安 votes on four projects; 王芳 and her neighbours cast ballots, on phones and on paper."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils.timezone import now

from civic.accounts.models import Account
from civic.budgeting.models import Ballot, Batch, Mark, Opening, Pad, PaperForm, Poll, Reading, Stub, Urn
from civic.core import blind_signature
from civic.participation.models import Eligibility, Phase
from civic.participation.rules.eligibility import Facts
from civic.participation.rules.phases import Window
from tests.factories import accounts as people
from tests.factories import participation as shared
from tests.factories.accounts import MONDAY

DAY = timedelta(days=1)
OPTIONS = [
    {"id": "P1", "name": "加装电梯", "cost": "300000.00"},
    {"id": "P2", "name": "口袋公园", "cost": "180000.00"},
    {"id": "P3", "name": "充电车棚", "cost": "120000.00"},
    {"id": "P4", "name": "路灯改造", "cost": "90000.00"},
]
TERMS = {"rule": "equal-shares", "ties": ["cost", "votes", "id"], "seed": "2026-03-02", "register": 12000}
COUNTY = "341502"
AFTER = MONDAY + 7 * DAY  # the vote is over


def eligibility(subject: str = shared.ROUND, *, opens_at: datetime = MONDAY - DAY, days: int = 60) -> Eligibility:
    """People of 金安 from 16 on may vote in the round, in those days."""
    found = Eligibility.objects.filter(subject=subject).first()
    if found is not None:
        return found
    window = Window(opens_at, opens_at + days * DAY, frozenset({"vote"}))
    Phase.objects.plan(subject, kind="vote", window=window, unit=shared.bureau(), by=shared.zhao_min(), at=opens_at)
    return shared.eligibility(subject)


def poll(form: str = "approval", limits: dict[str, str] | None = None, **changes: Any) -> Poll:
    """Open from MONDAY for a week; 400,000 yuan."""
    facts = {"title": "金安区2026年参与式预算", "options": OPTIONS, "budget": Decimal("400000.00"), "terms": TERMS}
    facts |= {"opens_at": MONDAY, "closes_at": MONDAY + 7 * DAY, "by": shared.zhao_min(), "at": MONDAY - DAY}
    most = {"approval": {"max_length": "3"}, "cumulative": {"max_sum_points": "10"}, "ranked": {"max_length": "3"}}
    given = most.get(form, {}) if limits is None else limits
    return Poll.objects.freeze(**{"eligibility": eligibility(), **facts, "form": form, "limits": given, **changes})


def running(subject: str = "budgeting.round:9009", *, by: Account | None = None, **changes: Any) -> Poll:
    """A vote that runs now, since an hour, for a week: for doors, which read the clock."""
    start = now() - timedelta(hours=1)
    who = eligibility(subject, opens_at=start - DAY)
    times = {"opens_at": start, "closes_at": start + 7 * DAY, "at": start - DAY / 2}
    return poll(**{**times, "by": by or shared.zhao_min(), "eligibility": who, **changes})


def over(subject: str = "budgeting.round:9008", *, by: Account | None = None, voters: int = 0, **changes: Any) -> Poll:
    """A vote that ended an hour ago, in which so many have voted."""
    end = now() - timedelta(hours=1)
    who = eligibility(subject, opens_at=end - 8 * DAY)
    times = {"opens_at": end - 7 * DAY, "closes_at": end, "at": end - 8 * DAY}
    made = poll(**{**times, "by": by or shared.zhao_min(), "eligibility": who, **changes})
    for nth in range(voters):
        voted(made, "P1", "P2", name=neighbour(nth), at=end - DAY)
    return made


@dataclass
class Voter:
    """Somebody with a phone: what their browser does, in Python."""

    account: Account
    poll: Poll
    prepared: bytes = b""
    signature: bytes = b""

    def ask(self, *, at: datetime = MONDAY, channel: str = "WEB") -> bytes:
        """Get the credential signed unseen; return the blinded message that was sent."""
        self.prepared = self.prepared or blind_signature.prepare(secrets.token_bytes(32))
        blinded = blind_signature.blind(self.poll.verifier(), self.prepared)
        signed = Mark.objects.issue(
            self.poll, person=self.account.person, facts=facts(self.account), blinded=blinded.words, channel=channel,
            by=self.account, at=at,
        )  # fmt: skip
        self.signature = blind_signature.finalise(self.poll.verifier(), self.prepared, signed, blinded.inverse)
        return blinded.words

    def cast(self, *projects: str, points: Sequence[int] = (), at: datetime = MONDAY) -> tuple[Stub, bool]:
        chosen = {"projects": projects, "points": points}
        return Stub.objects.cast(self.poll, message=self.prepared, signature=self.signature, **chosen, at=at)


def facts(account: Account) -> Facts:
    """They live in 金安, were born in 1990, and have given their real names."""
    return Facts(level=account.person.level, born_on=date(1990, 1, 1), lives_in=COUNTY)


def voter(poll: Poll, name: str = "王芳") -> Voter:
    return Voter(people.resident(name), poll)


def voted(poll: Poll, *projects: str, name: str = "王芳", at: datetime = MONDAY) -> Voter:
    """Somebody has cast a ballot online."""
    made = voter(poll, name)
    made.ask(at=at)
    made.cast(*projects, at=at)
    return made


def neighbour(nth: int) -> str:
    """A name for each of a crowd: names have no digits."""
    return "居民" + chr(0x4E00 + nth)


def crowd(poll: Poll, count: int = 6, *projects: str) -> list[Voter]:
    """So many people vote, all alike."""
    return [voted(poll, *(projects or ("P1", "P2")), name=neighbour(nth)) for nth in range(count)]


def he_li() -> Account:
    """何丽 at the service desk looks at people's papers; made once."""
    found = Account.objects.filter(username="desk.heli").first()
    return found or people.official("何丽", roles=("window_clerk",), username="desk.heli")


def mark(poll: Poll | None = None, name: str = "王芳") -> Mark:
    """Somebody has got a paper ballot at the desk."""
    someone = people.resident(name)
    return Mark.objects.hand_out(poll or _poll(), person=someone.person, facts=facts(someone), by=he_li(), at=MONDAY)


def stub(poll: Poll | None = None) -> Stub:
    return voted(poll or _poll(), "P1").cast("P1")[0]


def batch(poll: Poll) -> Batch:
    """What the first mixing moves of 40 ballots."""
    crowd(poll, 40)
    Batch.objects.mix(poll, at=MONDAY)
    return Batch.objects.get(poll=poll)


def ballot(poll: Poll) -> Ballot:
    return batch(poll).ballots.all()[0]


def opening(poll: Poll | None = None) -> Opening:
    """Six people have voted; the box is open."""
    held = poll or _poll()
    crowd(held)
    return Opening.objects.open_box(held, by=shared.zhao_min(), at=AFTER)


def pad(poll: Poll | None = None, size: int = 10) -> Pad:
    return Pad.objects.print_forms(poll or _poll(), size=size, by=shared.chen_jing(), at=MONDAY)


def paper_form(poll: Poll | None = None) -> PaperForm:
    return pad(poll).forms.all()[0]


def urn(poll: Poll | None = None, papers: int = 2, number: str = "1") -> Urn:
    """An urn from 望城社区, unsealed after the vote."""
    facts = {"number": number, "place": "望城社区", "papers": papers}
    return Urn.objects.unseal(poll or _poll(), **facts, by=shared.chen_jing(), at=AFTER)


def reading(of: Urn | None = None) -> Reading:
    found = of or urn()
    return found.read(code=paper_form(found.poll).code, projects=["P1"], by=shared.chen_jing(), at=AFTER)


def unsealed(*, by: Account, leader: Account) -> Urn:
    """A vote of `leader`'s unit is over; one paper was handed out, and lies in the urn."""
    held = over("budgeting.round:9006", by=leader)
    then = held.closes_at - DAY
    someone = people.resident("刘桂英")
    facts_ = {"facts": facts(someone), "by": he_li()}
    Mark.objects.hand_out(held, person=someone.person, **facts_, at=then)
    Pad.objects.print_forms(held, size=2, by=by, at=then)
    return Urn.objects.unseal(held, number="1", place="望城社区", papers=1, by=by, at=now())


_poll = poll
