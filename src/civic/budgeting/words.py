"""The result of a count in words: why a project was funded, or what it lacked."""

from fractions import Fraction

from civic.budgeting.decimals import decimal
from civic.budgeting.rules import outcome
from civic.budgeting.rules.election import Election
from civic.budgeting.rules.outcome import Award, Shortfall

Said = tuple[str, dict[str, str]]  # a message id and its values


def _(message: str) -> str:
    """Mark a message id for the catalogue; who shows it to a person chooses the language."""
    return message


AWARDED = {
    outcome.BY_VOTES: _("按票数排序，轮到它时剩余资金足够。此后剩余 %(left)s。"),
    outcome.BY_VOTES_PER_COST: _("按每元得票排序，轮到它时剩余资金足够。此后剩余 %(left)s。"),
    outcome.BY_SHARES: _("支持者用各自的份额付清，每人最多付 %(price)s。"),
    outcome.BY_COMPLETION: _("补足：份额用完后，按票数用剩余资金入选。此后剩余 %(left)s。"),
    outcome.BY_LOAD: _("支持者最先凑够费用，此时每人已分担 %(price)s。"),
}
MISSED = {
    outcome.NO_VOTES: _("没有得票。"),
    outcome.BELOW_THRESHOLD: _("得票低于公布的最低票数。"),
    outcome.TOO_DEAR: _("费用超出整个预算 %(money)s。"),
    outcome.TOO_LITTLE_LEFT: _("轮到它时还差 %(money)s。"),
    outcome.STOPPED: _("前面的项目放不下，计票到此为止。"),
    outcome.SUPPORTERS_SHORT: _(
        "支持者的份额还剩 %(left)s，差 %(money)s，相当于还少 %(shares)s 位未用过份额的支持者；"
        "第 %(round)s 轮后已付不起。"
    ),
}
NEVER = _("支持者的份额共有 %(left)s，差 %(money)s，相当于还少 %(shares)s 位未用过份额的支持者。")
MORE = _("再多 %(score)s 票就能入选。")


def awarded(election: Election, award: Award) -> Said:
    """Return why a project was funded."""
    return AWARDED[award.why], {
        "left": money(Fraction(award.left), election),
        "price": money(award.price or Fraction(0), election, ndigits=2),
    }


def missed(election: Election, short: Shortfall) -> list[Said]:
    """Return what a project lacked, in one sentence or two."""
    values = {
        "money": money(short.money or Fraction(0), election, ndigits=2),
        "left": money(short.supporters_left or Fraction(0), election, ndigits=2),
        "shares": str(short.shares),
        "round": str(short.round),
    }
    said = [(NEVER if short.round == 0 else MISSED[short.why], values)]
    if short.score is not None:
        said.append((MORE, {"score": decimal(short.score)}))
    return said


def money(amount: Fraction, election: Election, *, ndigits: int | None = None) -> str:
    """Return units as an amount of the currency; `ndigits`: cut off after so many places, and then marked ≈."""
    value = amount / election.unit
    if ndigits is None:
        return _grouped(value)
    shown = Fraction(int(value * 10**ndigits), 10**ndigits)
    return _grouped(shown) if shown == value else f"≈{_grouped(shown)}"


def _grouped(value: Fraction) -> str:
    """Return what is not negative, exactly, as people read money: 1,420,000.5."""
    whole, point, rest = decimal(value).partition(".")
    return f"{int(whole):,}{point}{rest}"
