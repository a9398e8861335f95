"""Licence types are data of the city, and every error in them is told with its line."""

from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from civic.core.plain_yaml import load_yaml
from civic.licences.models import LicenceType
from civic.licences.pack import read_types
from civic.licences.rules import Widths
from tests.factories.accounts import department
from tests.factories.licences import DEPARTMENTS, licence_type

LUAN = Path(settings.ROOT) / "cities" / "luan"
ONE = """types:
  - code: fishing_permit
    national_code: 11100000DEM0000018009
    name: 捕捞许可证（示范）
    name_en: Fishing permit (demonstration)
    authority: gaj
    authority_code: 11341500DEM000GAJ6
    holder: PERSON
    months: 12
    fields:
      - {key: name, name: 姓名, name_en: Name, kind: name, shown: true}
"""


def test_the_city_pack_has_its_eight_types_without_an_error():
    pack = read_types(LUAN, Widths())

    assert pack.errors == []
    assert [facts["code"] for facts in pack.types] == [
        "id_card", "household_page", "birth_certificate", "marriage_certificate", "property_certificate",
        "business_licence", "social_security_card", "road_permit",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "right", "words"),
    [
        ("11100000DEM0000018009", "A23", "licences.yaml:3: national_code 要是21位数字和大写字母。"),
        ("holder: PERSON", "holder: DOG", "licences.yaml:8: holder 要是 PERSON、ORGANISATION、ANY 之一。"),
        ("months: 12", "months: soon", "licences.yaml:9: months 要是有效期的月数，长期有效写 null。"),
        ("kind: name", "kind: beard", "licences.yaml:11: kind「beard」要是"),
        ("key: name", "key: iss", "licences.yaml:11: key「iss」不能用：格式不对、重复或是保留字。"),
        ("    months: 12\n", "    colour: red\n", "licences.yaml:9: 有不认识的栏目「colour」。"),
    ],
)
def test_an_error_is_told_with_its_line(tmp_path, wrong, right, words):
    (tmp_path / "licences.yaml").write_text(ONE.replace(wrong, right), encoding="utf-8")

    (error,) = read_types(tmp_path, Widths()).errors

    assert error.startswith(words)


@pytest.mark.django_db
def test_loading_twice_changes_nothing_and_what_is_gone_is_not_issued_any_more(tmp_path, capsys):
    for code, name in DEPARTMENTS.items():
        department(code, name)

    call_command("load_licence_types", str(LUAN))
    call_command("load_licence_types", str(LUAN))
    (tmp_path / "licences.yaml").write_text(ONE, encoding="utf-8")
    call_command("load_licence_types", str(tmp_path))

    told = capsys.readouterr().err.splitlines()
    assert told == ["licence types: 8, 8 written", "licence types: 8, 0 written", "licence types: 1, 9 written"]
    assert list(LicenceType.objects.offered().values_list("code", flat=True)) == ["fishing_permit"]


@pytest.mark.django_db
def test_a_pack_that_names_an_unknown_department_is_refused(tmp_path):
    (tmp_path / "licences.yaml").write_text(ONE, encoding="utf-8")

    with pytest.raises(CommandError, match="没有部门「gaj」"):
        call_command("load_licence_types", str(tmp_path))

    assert LicenceType.objects.count() == 0


@pytest.mark.django_db
def test_who_may_use_which_fields():
    page = licence_type("household_page")

    assert page.fields_for(department="rsj", service="LA-RS-001") == ("name", "born_on", "id_number")
    assert page.fields_for(department="cgj", service="LA-CG-001") == ()


def services_of_the_city() -> dict[str, dict]:
    return {path.stem: load_yaml(path.read_text(encoding="utf-8")) for path in (LUAN / "services").glob("*.yaml")}


def test_what_renews_a_licence_is_a_service_that_can_be_applied_for_here():
    services = services_of_the_city()
    renewals = {facts["renewal_service"] for facts in read_types(LUAN, Widths()).types if facts["renewal_service"]}

    assert renewals == {"LA-CG-001", "LA-RS-001"}
    assert all(services[code]["online"] for code in renewals)


def test_each_material_from_a_licence_names_a_type_of_which_its_department_may_use_something():
    types = {facts["code"]: facts for facts in read_types(LUAN, Widths()).types}
    wanted = [
        (service, content["department"], material)
        for service, content in services_of_the_city().items()
        for material in content["materials"]
        if material["source"] == "LICENCE"
    ]

    assert len(wanted) == 32
    for service, department_code, material in wanted:
        kind = LicenceType(
            fields=types[material["licence_type"]]["fields"], uses=types[material["licence_type"]]["uses"]
        )
        assert kind.fields_for(department=department_code, service=service), (service, material["key"])


def test_each_field_that_a_licence_fills_is_a_field_of_that_licence():
    types = {facts["code"]: {field["key"] for field in facts["fields"]} for facts in read_types(LUAN, Widths()).types}
    hints = [
        (service, name, prop["x-source"])
        for service, content in services_of_the_city().items()
        for name, prop in content["form"]["properties"].items()
        if "licence" in prop.get("x-source", {})
    ]

    assert len(hints) == 9
    assert [hint for hint in hints if hint[2]["field"] not in types[hint[2]["licence"]]] == []
