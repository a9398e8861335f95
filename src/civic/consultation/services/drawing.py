"""The opinion map of a consultation, drawn from the votes that stand and published when the rule allows it.

Needs scikit-learn: a worker's job imports it, no web process does.
"""

from datetime import datetime
from enum import StrEnum

from django.utils import translation
from django.utils.translation import gettext as _

from civic.consultation.models import Consultation, MapEdition, StatementVote
from civic.consultation.models.edition import Drawn, TooSoon
from civic.consultation.opinions.opinion_map import OpinionMap, Rule, TooFew, opinion_map
from civic.consultation.opinions.picture import Words, picture, svg
from civic.consultation.opinions.published import published
from civic.consultation.rules.counting import tallies
from civic.consultation.rules.renewal import fingerprints, may_renew, unpacked

LANGUAGES = ("zh-hans", "en")
MACHINE = "machine"


class Drawing(StrEnum):
    """What came of an attempt to draw."""

    PUBLISHED = "published"
    TOO_FEW = "too_few"  # people, votes or statements
    TOO_SOON = "too_soon"  # fewer than five people have voted since the last


def draw_map(consultation: Consultation, *, at: datetime, rule: Rule | None = None) -> Drawing:
    """Draw the map of the votes that stand now and publish it, or say why there is none now.

    The votes are read once: what is drawn and whose votes are said to be in it are the same.
    """
    votes = StatementVote.objects.standing_in(consultation)
    hidden = {str(pk) for pk in consultation.statements.not_shown().values_list("pk", flat=True)}
    salt = MapEdition.objects.salt_for(consultation)
    prints = fingerprints(votes, salt=salt)
    last = MapEdition.objects.newest(consultation)
    if last is not None and not may_renew(prints, unpacked(bytes(last.prints))):
        return Drawing.TOO_SOON
    found = opinion_map(votes, rule=rule or Rule(), hidden=hidden)
    if isinstance(found, TooFew):
        return Drawing.TOO_FEW
    counted = tallies((statement, choice) for (_voter, statement), choice in votes.items())
    told = published(found, counted, {})
    drawn = Drawn(told=told, pictures=_pictures(found), salt=salt, prints=prints)
    try:
        MapEdition.objects.publish(consultation, drawn, by=MACHINE, at=at)
    except TooSoon:  # another job was quicker
        return Drawing.TOO_SOON
    return Drawing.PUBLISHED


def _pictures(found: OpinionMap) -> dict[str, str]:
    """Return the picture in every language; statements are named beside it, where one that is hidden later is not."""
    drawn = {}
    for language in LANGUAGES:
        with translation.override(language):
            words = _words()
            drawn[language] = svg(picture(found, {}, words), words)
    return drawn


def _words() -> Words:
    """Return what is written on the picture, in the language in force."""
    return Words(
        title=_("意见地图"),
        group=_("{letter}组"),
        size=_("{people}人（{share}%）"),
        about=_("{people}位参与者按投票相近程度分为{groups}组：{sizes}。离得近的人投票相近。"),
        about_small=_(
            "{people}位参与者按投票相近程度分为{groups}组，其中有不足5人的组，不画出，各组人数不公布。离得近的人投票相近。"
        ),
        between=_("，"),
        stable=_("分组稳定。"),
        unstable=_("分组不稳定：换一批参与者，分法可能不同。"),
    )
