"""A resident's letters on the site, and a city's own wording from a file."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from civic.notifications.models import Notice, Template
from tests.factories.notifications import MONDAY, notice, reader

pytestmark = pytest.mark.django_db


def test_a_resident_finds_opens_and_has_read_a_letter(client: Client) -> None:
    wang = reader()
    letter = notice(wang)
    client.force_login(wang)

    page = client.get("/my/letters/")
    assert "申请已受理：社保卡申领" in page.content.decode()
    assert "未读 (1)" in page.content.decode()
    opened = client.get(f"/my/letters/{letter.handle}/")

    assert "承诺办结日见办件页面" in opened.content.decode()
    letter.refresh_from_db()
    assert letter.read_at is not None
    assert "未读 (0)" in client.get("/my/letters/").content.decode()


def test_a_letter_speaks_english_on_an_english_page(client: Client) -> None:
    wang = reader()
    letter = notice(wang)
    client.force_login(wang)
    client.cookies["django_language"] = "en"

    assert "has been accepted" in client.get(f"/my/letters/{letter.handle}/").content.decode()


def test_a_stranger_does_not_find_the_letter_and_it_stays_unread(client: Client) -> None:
    letter = notice()
    path = f"/my/letters/{letter.handle}/"
    assert client.get(path).status_code == 302

    client.force_login(reader("孙浩"))

    assert client.get(path).status_code == 404
    assert "社保卡" not in client.get("/my/letters/").content.decode()
    letter.refresh_from_db()
    assert letter.read_at is None


def test_all_letters_are_marked_as_read_by_one_post(client: Client) -> None:
    wang = reader()
    for _ in range(3):
        notice(wang)
    other = notice(reader("孙浩"))
    client.force_login(wang)

    assert client.get("/my/letters/read/").status_code in (404, 405)
    assert client.post("/my/letters/read/")["Location"] == "/my/letters/"

    assert Notice.objects.visible_to(wang).unread().count() == 0
    other.refresh_from_db()
    assert other.read_at is None


def test_the_list_is_paged_and_asks_the_same_few_questions_for_any_number(
    client: Client, django_assert_max_num_queries
) -> None:
    wang = reader()
    for n in range(25):
        notice(wang, at=MONDAY + timedelta(minutes=n))
    client.force_login(wang)
    client.get("/my/letters/")

    with django_assert_max_num_queries(9):
        first = client.get("/my/letters/").content.decode()
    second = client.get("/my/letters/?page=2").content.decode()

    assert (first.count("申请已受理"), second.count("申请已受理")) == (20, 5)


def test_a_resident_without_letters_is_told_what_comes_here(client: Client) -> None:
    client.force_login(reader())

    assert "还没有来信" in client.get("/my/letters/").content.decode()


def test_a_city_publishes_its_own_wording_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "letters.yaml"
    file.write_text("case.accepted:\n  title: 六安受理：{service}\n", encoding="utf-8")

    call_command("load_letters", str(file))
    call_command("load_letters", str(file))

    assert capsys.readouterr().out == "新版本 1 个。\n新版本 0 个。\n"
    assert notice().title == "六安受理：社保卡申领"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("case.accepted: {colour: red}", "case.accepted 有不认识的内容：colour"),
        ("city.greeting: {title: 您好}", "city.greeting 缺少标题或正文"),
        ("case.accepted: {body: '{number'}", "case.accepted:body：花括号里只能写变量名"),
        ("[1", "不能读取"),
    ],
)
def test_a_faulty_file_is_refused_by_name_and_changes_nothing(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "letters.yaml"
    file.write_text(text, encoding="utf-8")

    with pytest.raises(CommandError, match=message):
        call_command("load_letters", str(file))

    assert Template.objects.count() == 0
