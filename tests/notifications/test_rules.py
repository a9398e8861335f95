"""Quiet hours, back-off and the grammar of templates, as tables."""

from datetime import datetime, timedelta

import pytest

from civic.notifications import rules
from civic.notifications.budget_letters import BUDGET_LETTERS
from civic.notifications.letters import LETTERS
from civic.notifications.moderation_letters import MODERATION_LETTERS
from civic.notifications.rules import QuietHours
from civic.notifications.ticket_letters import TICKET_LETTERS
from tests.factories.deadlines import city

NIGHT = QuietHours()


@pytest.mark.parametrize(
    ("at", "released"),
    [
        ("2026-03-02 21:59:59", "2026-03-02 21:59:59"),
        ("2026-03-02 22:00:00", "2026-03-03 07:00:00"),
        ("2026-03-02 23:59:59", "2026-03-03 07:00:00"),
        ("2026-03-03 00:00:00", "2026-03-03 07:00:00"),
        ("2026-03-03 06:59:59", "2026-03-03 07:00:00"),
        ("2026-03-03 07:00:00", "2026-03-03 07:00:00"),
        ("2026-12-31 22:30:00", "2027-01-01 07:00:00"),
    ],
)
def test_nobody_is_disturbed_between_ten_and_seven(at: str, released: str) -> None:
    assert NIGHT.release(city(at)) == city(released)


def test_what_is_urgent_does_not_wait_for_the_morning() -> None:
    assert NIGHT.release(city("2026-03-02 23:00"), is_urgent=True) == city("2026-03-02 23:00")


def test_the_night_is_the_citys_not_utcs() -> None:
    ten_at_night = datetime.fromisoformat("2026-03-02T14:00:00+00:00")

    assert NIGHT.release(ten_at_night) == city("2026-03-03 07:00")


@pytest.mark.parametrize(
    ("written", "at", "released"),
    [
        ("12:00-14:00", "2026-03-02 13:00", "2026-03-02 14:00"),
        ("12:00-14:00", "2026-03-02 14:00", "2026-03-02 14:00"),
        ("00:00-00:00", "2026-03-02 03:00", "2026-03-02 03:00"),
    ],
)
def test_the_quiet_hours_are_the_citys_to_set(written: str, at: str, released: str) -> None:
    assert QuietHours.read(written).release(city(at)) == city(released)


def test_each_wait_is_longer_and_the_fifth_failure_is_the_last() -> None:
    at = city("2026-03-02 09:00")

    waits = [rules.next_try(at, attempts=n) for n in range(1, 6)]

    assert waits == [at + timedelta(minutes=m) for m in (1, 5, 30, 120)] + [None]


@pytest.mark.parametrize("text", ["{", "{a.b}", "{a!r}", "{a:>9}", "{0}", "{A}", "{}"])
def test_a_template_holds_plain_names_only(text: str) -> None:
    with pytest.raises(ValueError):
        rules.placeholders(text)


def test_what_is_put_in_is_not_read_for_names_again() -> None:
    assert rules.fill("{service}", {"service": "{number}"}) == "{number}"


@pytest.mark.parametrize("text", ["请点击 https://example.org", "见www.example.org"])
def test_a_text_message_holds_no_address(text: str) -> None:
    assert rules.wrong_with_sms(text) == "短信里不能有网址。"


OWN = {
    "rating.invited": {"number", "service", "link"},
    "licence.ending": {"licence", "day", "days", "link"},
    "licence.use_asked": {"service", "person", "link"},
    **{f"licence.use_{step}": {"service", "person"} for step in ("granted", "declined", "expired", "withdrawn")},
    "offer.made": {"service"},
    **{letter.code: {"number"} for letter in TICKET_LETTERS},
    **{f"consultation.{step}": {"consultation", "theme", "link"} for step in ("answered", "followed_up")},
    "consultation.follow_up_due": {"consultation", "theme", "due", "link"},
    **{letter.code: {"title", "round", "link"} for letter in BUDGET_LETTERS},
    "proposal.repair": {"title", "round", "link", "until"},
    **{letter.code: {"number", "title"} for letter in MODERATION_LETTERS},
    **{
        f"demand.{rung}": {"number", "service", "consumer", "resource", "due", "link"}
        for rung in ("waiting", "overdue")
    },
}


@pytest.mark.parametrize("letter", LETTERS, ids=lambda letter: letter.code)
def test_every_built_in_letter_names_what_every_case_has_and_both_languages_the_same(letter) -> None:
    chinese = rules.placeholders(letter.title + letter.body + letter.sms)

    assert chinese == OWN.get(letter.code, {"number", "service"})
    assert rules.placeholders(letter.title_en + letter.body_en) == chinese
    assert rules.wrong_with_sms(letter.sms) is None
