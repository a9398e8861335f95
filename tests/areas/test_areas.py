"""Lu'an's divisions: loaded from the city pack, asked by code."""

from pathlib import Path

import pytest
from django.conf import settings
from django.db import IntegrityError

from civic.areas import rules
from civic.areas.models import Area
from civic.areas.services import BadAreas, Loaded, load_areas, street_of

CSV = Path(settings.ROOT) / "cities" / "luan" / "areas.csv"
HEADER = "code,name,name_en_pinyin,parent,level\n"


@pytest.mark.parametrize(("code", "begins"), [("341500", "3415"), ("341502", "341502"), ("341502001", "341502001")])
def test_the_significant_digits_of_a_code(code: str, begins: str) -> None:
    assert rules.significant(code) == begins


@pytest.mark.parametrize(
    ("full", "short"),
    [("341502000000", "341502"), ("341502001000", "341502001"), ("341502001001", "341502001001"), ("341502", "341502")],
)
def test_codes_are_read_in_both_forms(full: str, short: str) -> None:
    assert rules.short_code(full) == short


@pytest.fixture
def luan(db: None) -> Loaded:
    return load_areas(CSV)


def test_all_of_luan_is_loaded(luan: Loaded) -> None:
    assert luan == Loaded(added=2124, changed=0, unchanged=0)
    assert [Area.objects.filter(level=level).count() for level in ("CITY", "COUNTY", "TOWN", "COMMUNITY")] == [
        1, 7, 146, 1970,
    ]  # fmt: skip


def test_loading_twice_changes_nothing(luan: Loaded) -> None:
    assert load_areas(CSV) == Loaded(added=0, changed=0, unchanged=2124)
    assert Area.objects.count() == 2124


def test_a_renamed_division_is_changed_and_keeps_its_row(luan: Loaded, tmp_path: Path) -> None:
    before = Area.objects.get(code="341502001").pk
    renamed = tmp_path / "areas.csv"
    renamed.write_text(CSV.read_text("utf-8").replace(",中市街道,", ",中市新街道,"), "utf-8")

    assert load_areas(renamed) == Loaded(added=0, changed=1, unchanged=2123)
    assert Area.objects.get(code="341502001").name == "中市新街道"
    assert Area.objects.get(code="341502001").pk == before


def test_the_children_of_the_city_are_its_seven_counties_and_districts(luan: Loaded) -> None:
    assert [area.name for area in Area.objects.children_of(code="341500")] == [
        "金安区", "裕安区", "叶集区", "霍邱县", "舒城县", "金寨县", "霍山县",
    ]  # fmt: skip


def test_everything_under_a_code(luan: Loaded) -> None:
    assert Area.objects.under(code="341500").count() == 2124
    assert Area.objects.under(code="341502001").count() == 1 + Area.objects.children_of(code="341502001").count()


def test_by_code_takes_both_forms_and_answers_none_for_another_city(luan: Loaded) -> None:
    assert str(Area.objects.by_code(code="341502001000")) == "中市街道"
    assert Area.objects.by_code(code="110101") is None


def test_a_community_knows_its_way_from_the_city(luan: Loaded) -> None:
    community = Area.objects.get(code="341502001001")

    assert [area.name for area in community.path()] == ["六安市", "金安区", "中市街道", "迎宾居委会"]
    assert str(community.street()) == "中市街道"
    assert Area.objects.get(code="341502").contains(community)
    assert not Area.objects.get(code="341503").contains(community)


def test_an_address_is_cut_after_its_street(luan: Loaded) -> None:
    assert street_of("六安市金安区三里桥街道皋城路88号3栋501室") == "金安区三里桥街道"
    assert street_of("霍山县衡山镇文盛路1号") == "霍山县衡山镇"
    assert street_of("某处不知名的地方") == ""


def test_of_two_towns_with_one_name_the_county_in_the_address_decides(luan: Loaded) -> None:
    assert street_of("六安市舒城县城关镇梅河路9号") == "舒城县城关镇"
    assert street_of("六安市霍邱县城关镇光明大道9号") == "霍邱县城关镇"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("341502,金安区,Jin'an,341500,DISTRICT", "第3行：层级必须是 CITY、COUNTY、TOWN、COMMUNITY 之一。"),
        ("341502,金安区,Jin'an,999999,COUNTY", "第3行：上级 999999 没有出现在前面的行，或者层级不对。"),
        ("341500,六安市,Lu'an,,CITY", "第3行：代码 341500 重复。"),
        ("34x502,金安区,Jin'an,341500,COUNTY", "第3行：代码必须是数字，名称不能为空。"),
    ],
)
def test_a_wrong_line_is_named_and_nothing_is_loaded(db: None, tmp_path: Path, line: str, message: str) -> None:
    bad = tmp_path / "areas.csv"
    bad.write_text(f"{HEADER}341500,六安市,Lu'an City,,CITY\n{line}\n", "utf-8")

    with pytest.raises(BadAreas) as refused:
        load_areas(bad)

    assert [error.message for error in refused.value.errors] == [message]
    assert not Area.objects.exists()


def test_a_file_with_other_columns_is_refused(db: None, tmp_path: Path) -> None:
    bad = tmp_path / "areas.csv"
    bad.write_text("code,name\n1,2\n", "utf-8")

    with pytest.raises(BadAreas):
        load_areas(bad)


def test_the_database_refuses_a_town_without_a_county(db: None) -> None:
    with pytest.raises(IntegrityError):
        Area.objects.create(code="341502001", name="中市街道", level="TOWN")
