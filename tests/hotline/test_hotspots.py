"""Hot topics of the city's own tickets: counted in people, named without anybody's name, kept by rank."""

from datetime import timedelta

import pytest

from civic.hotline.models import Hotspot
from civic.hotline.services.hotspots import find_hotspots
from civic.hotline.services.intake import join
from tests.factories import hotline
from tests.factories.accounts import MONDAY, resident
from tests.factories.hotline import DAY
from tests.hotline.desk import shown

pytestmark = pytest.mark.django_db
LATE = ("12路公交车晚点半小时", "12路公交车在佛子岭路站每天晚点半小时，上班迟到。")
WAGES = ("工地拖欠农民工工资", "佛子岭路的工地拖欠我们三个月工资，老板电话13911112222不接。")


def others_speak_of_wages() -> None:
    """Two people speak of something else: what a topic is told apart from."""
    for name in ("刘桂英", "何秀兰"):
        speaks(name, WAGES)


def speaks(name: str, said: tuple[str, str], *, at=MONDAY, **more):
    return hotline.ticket(by=resident(name), title=said[0], detail=said[1], at=at, **more)


def test_what_three_people_speak_of_is_a_hot_topic_and_what_two_speak_of_is_none():
    late = [speaks(name, LATE) for name in ("王芳", "孙浩", "周建国")]
    others_speak_of_wages()
    join(ticket=late[0], by=resident("陈静"), at=MONDAY + 7 * DAY)

    assert find_hotspots(at=MONDAY + 7 * DAY) == 1

    spot = Hotspot.objects.get()
    assert (spot.rank, spot.people, spot.heat) == (1, 4, 2.5)
    assert spot.tickets == [one.pk for one in late]
    assert "12路公交车晚点" in spot.name
    assert "12路公交车晚点" in shown(hotline.gao_fei(), "/office/hotline/incidents/")


def test_one_person_who_writes_three_times_makes_no_topic_and_what_has_cooled_goes():
    wang = resident("王芳")
    others_speak_of_wages()
    for _ in range(3):
        hotline.ticket(by=wang, title=LATE[0], detail=LATE[1])
    assert find_hotspots(at=MONDAY + DAY) == 0

    for name in ("孙浩", "周建国"):
        speaks(name, LATE)
    assert find_hotspots(at=MONDAY + DAY) == 1
    assert find_hotspots(at=MONDAY + timedelta(days=31)) == 0
    assert Hotspot.objects.count() == 0


def test_a_name_and_a_number_in_the_titles_are_not_in_the_topic():
    said = ("王芳家门口的路灯不亮请打13800005678", hotline.LAMP)
    others_speak_of_wages()
    for _ in range(3):
        speaks("王芳", said)
    find_hotspots(at=MONDAY + DAY)

    spot = Hotspot.objects.get()
    assert spot.people == 3
    assert "王芳" not in spot.name
    assert "13800005678" not in spot.name


def test_reports_of_wrongdoing_make_no_topic():
    for name in ("王芳", "孙浩", "周建国"):
        speaks(name, LATE, kind="REPORT")

    assert find_hotspots(at=MONDAY + DAY) == 0
    assert find_hotspots(at=MONDAY + DAY) == 0
