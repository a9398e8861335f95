"""Another city's list: every row imported or refused with its line, nothing lost, twice changes nothing."""

import csv
import io
import os
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from civic.audit.models import Entry
from civic.catalogue.models import Service
from civic.catalogue.pack.foreign import RowRefused, convert
from civic.catalogue.pack.tables import Unreadable, read_rows
from tests.factories import catalogue as factory

PLACES = [Path(os.environ.get("CIVIC_SHARED_DATA", "-")), settings.ROOT.parent / "shared" / "data"]
SHARED = next((place for place in PLACES if place.is_dir()), None)
HAS_DATA = SHARED is not None or os.environ.get("CI", "").lower() == "true"  # in CI a missing set is a failure
ROW = {
    "TASK_CODE": "11440000006939756B2440101007000",
    "TASK_NAME": "临时价格干预范围事项提价申报",
    "TASK_TYPE_TEXT": "行政许可",
    "DEPT_NAME": "发展和改革委员会",
    "AREACODE": "440000",
    "handle_time": "30(工作日)",
    "handle_time_limit": "7(工作日)",
    "matter_level": "省级",
    "handle_location": "办理地点：东风中路305号",
    "accept_standard": "无",
    "consult_phone": "无",
    "theme_category": "其他",
    "service_object_name": "自然人|企业法人",
    "material_intro": "申报报告|营业执照",
    "LIMIT_SCENE_NUM": "0",
    "ONLINECHECK": "1",
    "URL": "https://www.example.cn/a",
}
HEADER = list(ROW)


def written(path: Path, *rows: dict[str, str], encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, HEADER)
        writer.writeheader()
        writer.writerows({**ROW, **row} for row in rows)
    return path


def imported(path: Path, **options: Any) -> str:
    out = io.StringIO()
    call_command(
        "import_services", str(path), refused=path.with_suffix(".refused.csv"), stdout=out, stderr=io.StringIO()
    )
    return out.getvalue()


def refusals(path: Path) -> list[tuple[str, str]]:
    with path.with_suffix(".refused.csv").open(encoding="utf-8", newline="") as file:
        return [(row["line"], row["reason"]) for row in csv.DictReader(file)]


@pytest.mark.parametrize(("limits", "days", "problems"), [
    (("30(工作日)", "7(工作日)"), (30, 7, "WORKDAY"), []),
    (("无", "7(工作日)"), (None, 7, "WORKDAY"), ["statutory-missing"]),
    (("30(工作日)", "无"), (30, None, "WORKDAY"), ["promise-missing"]),
    (("无", "无"), (None, None, "WORKDAY"), ["limits-missing"]),
    (("7(工作日)", "30(工作日)"), (7, None, "WORKDAY"), ["promise-over-statutory"]),
    (("91(自然日)", "20(工作日)"), (None, 20, "WORKDAY"), ["units-differ"]),
    (("60(自然日)", "30(自然日)"), (60, 30, "NATURAL_DAY"), []),
    (("soon", "7(工作日)"), (None, 7, "WORKDAY"), ["limit-unreadable", "statutory-missing"]),
])  # fmt: skip
def test_limits_are_read_and_what_is_doubtful_is_named(
    limits: tuple[str, str], days: tuple[Any, ...], problems: list[str]
) -> None:
    row = convert({**ROW, "handle_time": limits[0], "handle_time_limit": limits[1]})

    assert (row.content["statutory_days"], row.content["promised_days"], row.content["day_unit"]) == days
    assert [
        p
        for p in row.problems
        if "limit" in p or ("missing" in p and p[:4] in ("stat", "prom")) or p.startswith(("prom", "unit"))
    ] == problems


@pytest.mark.parametrize("wrong", [{"TASK_CODE": ""}, {"TASK_CODE": "a b"}, {"TASK_NAME": "无"}, {"DEPT_NAME": ""}])
def test_a_row_without_code_name_or_department_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(RowRefused, match=next(iter(wrong))):
        convert({**ROW, **wrong})


@pytest.mark.django_db
def test_rows_become_guides_that_cannot_be_applied_for_here(tmp_path: Path) -> None:
    summary = imported(written(tmp_path / "list.csv", {}))

    service = Service.objects.get()
    version = service.current
    assert "rows 1 = imported 1 (1 new, 0 changed, 0 unchanged) + refused 0" in summary
    assert (service.source, version.online, version.fee_amount) == ("IMPORT", False, None)
    assert [material["name"] for material in version.materials] == ["申报报告", "营业执照"]
    assert version.department.code.startswith("import-440000-")
    assert version.origin["row"]["handle_time"] == "30(工作日)"
    assert not Service.objects.own().exists()


@pytest.mark.django_db
def test_importing_twice_changes_nothing(tmp_path: Path) -> None:
    path = written(tmp_path / "list.csv", {}, {"TASK_CODE": "B1", "TASK_NAME": "另一件"})
    imported(path)
    entries = Entry.objects.count()

    summary = imported(path)

    assert "imported 2 (0 new, 0 changed, 2 unchanged)" in summary
    assert Entry.objects.count() == entries


@pytest.mark.django_db
def test_a_changed_row_becomes_a_new_version(tmp_path: Path) -> None:
    imported(written(tmp_path / "list.csv", {}))

    summary = imported(written(tmp_path / "list.csv", {"handle_time_limit": "5(工作日)"}))

    service = Service.objects.get()
    assert "(0 new, 1 changed, 0 unchanged)" in summary
    assert (service.current.number, service.current.promised_days) == (2, 5)
    assert service.versions.get(number=1).state == "SUPERSEDED"


@pytest.mark.django_db
def test_every_refused_row_is_told_with_its_line_and_reason(tmp_path: Path) -> None:
    path = written(tmp_path / "list.csv", {}, {"TASK_CODE": ""}, {}, {"TASK_CODE": "B1", "TASK_NAME": "无"})

    summary = imported(path)

    assert "rows 4 = imported 1 (1 new, 0 changed, 0 unchanged) + refused 3" in summary
    assert [line for line, _ in refusals(path)] == ["3", "4", "5"]
    assert "以第2行为准" in refusals(path)[1][1]


@pytest.mark.django_db
def test_a_code_of_the_citys_own_is_never_taken_over(tmp_path: Path) -> None:
    factory.published_service(code="LA-RS-001")
    path = written(tmp_path / "list.csv", {"TASK_CODE": "LA-RS-001"})

    imported(path)

    assert refusals(path) == [("2", "编码已是本市事项的编码，不能被导入的事项取代。")]
    assert Service.objects.get(code="LA-RS-001").name == "社保卡申领"


@pytest.mark.django_db
@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_other_encodings_are_read(tmp_path: Path, encoding: str) -> None:
    imported(written(tmp_path / "list.csv", {}, encoding=encoding))

    assert Service.objects.get().name == "临时价格干预范围事项提价申报"


@pytest.mark.django_db
def test_an_unclosed_quote_costs_its_own_row_only(tmp_path: Path) -> None:
    path = written(tmp_path / "list.csv", *({"TASK_CODE": f"A{i}"} for i in range(300)))
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    lines[100] = lines[100].replace("申报报告", '"申报报告')
    lines[200] = lines[200].replace("A199,", 'A199,"')
    path.write_text("".join(lines), encoding="utf-8")

    summary = imported(path)

    assert "rows 300 = imported 299" in summary or "rows 300 = imported 298" in summary
    assert Service.objects.filter(code="A150").exists()


@pytest.mark.parametrize(("content", "said"), [
    (b"", "文件是空的"),
    (b"a,b\n1,2\n", "缺少 TASK_CODE"),
    ("TASK_CODE,TASK_NAME\n".encode("utf-16"), "UTF-16"),
    (b"PK\x03\x04rest", "另存为 CSV"),
    (bytes(range(256)) * 40_000, "缺少 TASK_CODE"),
    (b'"' * 10_000_000, "缺少 TASK_CODE"),
], ids=["empty", "other columns", "utf-16", "zip", "garbage", "quotes"])  # fmt: skip
@pytest.mark.django_db
def test_what_is_not_a_list_of_services_is_refused_in_words(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(content)

    with pytest.raises(CommandError, match=said):
        imported(path)

    assert not Service.objects.exists()


def test_rows_of_several_lines_and_wrong_width_are_told_by_line(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text('a,b\n"x\ny",1\n2\n\n3,\x01\n4,5\n', encoding="utf-8")

    rows = list(read_rows(path, required=("a", "b")))

    assert [(row.line, bool(row.trouble)) for row in rows] == [(2, False), (4, True), (6, True), (7, False)]
    assert rows[0].cells == {"a": "x\ny", "b": "1"}


def test_a_strange_column_is_refused_where_columns_are_known(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,b,c\n1,2,3\n", encoding="utf-8")

    with pytest.raises(Unreadable, match="不认识的列 c"):
        list(read_rows(path, required=("a", "b"), optional=()))


@pytest.mark.django_db
@pytest.mark.real_data
@pytest.mark.skipif(not HAS_DATA, reason="the shared real data are not here: set CIVIC_SHARED_DATA")
def test_the_real_list_comes_in_whole(tmp_path: Path) -> None:
    assert SHARED is not None, "CI must have the shared real data: set CIVIC_SHARED_DATA"
    path, out = SHARED / "services" / "guangdong_service_items.csv", io.StringIO()
    call_command("import_services", str(path), refused=tmp_path / "refused.csv", stdout=out, stderr=io.StringIO())

    assert "rows 1666 = imported 1666 (1666 new, 0 changed, 0 unchanged) + refused 0" in out.getvalue()
    assert Service.objects.published().count() == 1666
