"""Themes proposed by the machine for opinions that stand in none. Needs scikit-learn: a worker's job imports it."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from civic.consultation.models import Consultation, Opinion, Theme
from civic.consultation.models.theme import MACHINE, NotInTheme
from civic.consultation.opinions.themes import proposed_themes


def propose_themes(consultation: Consultation, *, at: datetime) -> int:
    """Sort the public opinions that stand in no theme; what people have sorted stays. Return how many themes it made.

    Safe to run twice: whoever comes second finds nothing left to sort.
    """
    loose = list(
        Opinion.objects.filter(consultation=consultation, placing=None).public()
        .order_by("-reception__supports", "pk").values_list("pk", "public_words")
    )  # fmt: skip
    groups = proposed_themes([words for _pk, words in loose])
    try:
        with transaction.atomic():
            for group in groups:
                _form(consultation, group.title, [loose[at_][0] for at_ in group.members], at=at)
    except NotInTheme:  # somebody has sorted or hidden one of them meanwhile
        return 0
    return len(groups)


def _form(consultation: Consultation, title: str, opinions: list[int], *, at: datetime) -> None:
    Theme.objects.form(consultation, title=title or _("其他意见"), opinions=opinions, by=MACHINE, at=at)
