"""Places on the Chinese grid and on WGS-84."""

from decimal import Decimal

import pytest

from civic.core.coordinates import to_gcj02, to_wgs84

PLACES = [("116.522", "31.735"), ("116.404", "39.915"), ("113.264", "23.129"), ("87.617", "43.792")]


@pytest.mark.parametrize("place", PLACES)
def test_there_and_back_is_the_same_place_to_a_tenth_of_a_metre(place: tuple[str, str]) -> None:
    here = (Decimal(place[0]), Decimal(place[1]))

    back = to_wgs84(to_gcj02(here))

    assert abs(back[0] - here[0]) <= Decimal("0.000002")
    assert abs(back[1] - here[1]) <= Decimal("0.000002")


def test_tiananmen_lies_where_the_published_example_says() -> None:
    longitude, latitude = to_gcj02((Decimal("116.404"), Decimal("39.915")))

    assert (round(float(longitude), 5), round(float(latitude), 5)) == (116.41024, 39.91640)


def test_outside_china_the_grids_are_one() -> None:
    paris = (Decimal("2.352200"), Decimal("48.856600"))

    assert to_gcj02(paris) == to_wgs84(paris) == paris
