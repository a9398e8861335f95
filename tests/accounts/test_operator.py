"""The operator at the machine brings the first people in: officials with a one-time password, organisations."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from civic.accounts import second_factor as factor
from civic.accounts.models import Account, Official, Organisation
from civic.accounts.rules import Level
from civic.audit.models import Entry
from civic.config.cli import parser
from civic.config.commands import rooms
from tests.factories.accounts import MONDAY, department, official, resident

pytestmark = pytest.mark.django_db
OWN = "correct-horse-battery"
USCC = "91341500MA2TEXT00J"


def said(*command: str) -> str:
    out = StringIO()
    call_command(*command, stdout=out)
    return out.getvalue().strip()


def add_li_qiang(*more: str) -> str:
    department()
    return said("official_add", "rsj.liqiang", "李强", "--department", "rsj", *(more or ("--role", "unit_handler")))


def enter(client: Client, password: str) -> str:
    answer = client.post("/office/login/", {"username": "rsj.liqiang", "password": password})
    return str(answer.headers.get("Location", answer.status_code))


def set_up(client: Client) -> str:
    """Set the app up; return where it leads."""
    secret = client.get("/office/login/setup/").content.decode().split('class="c-number">')[1].split("<")[0]
    code = factor.code_at(secret, timezone.now().timestamp())
    return str(client.post("/office/login/setup/", {"code": code}).headers["Location"])


def choose(client: Client, password: str, again: str = "") -> int:
    typed = {"new_password1": password, "new_password2": again or password}
    return client.post("/office/login/password/", typed).status_code


def test_the_operator_puts_li_qiang_into_office_and_the_ledger_says_who_did() -> None:
    add_li_qiang("--role", "unit_handler", "--role", "window_clerk")

    li = Official.objects.get()
    assert (li.display_name, li.department.code, li.roles) == ("李强", "rsj", ["unit_handler", "window_clerk"])
    assert [
        (entry.step, entry.actor) for entry in Entry.objects.filter(step__contains="account").order_by("pk")[1:]
    ] == [
        ("accounts.account.open", "operator"),
        ("accounts.official.appoint", "operator"),
        ("accounts.account.issue_one_time_password", "operator"),
    ]


def test_a_one_time_password_opens_only_the_choice_of_an_own_one_after_the_second_factor(client: Client) -> None:
    once = add_li_qiang()

    assert client.get("/office/login/password/").headers["Location"] == "/office/login/"
    assert enter(client, once) == "/office/login/setup/"
    assert client.get("/office/login/password/").headers["Location"] == "/office/login/"
    assert set_up(client) == "/office/login/password/"
    assert "_auth_user_id" not in client.session
    assert client.get("/office/").status_code == 302
    assert [choose(client, once), choose(client, "short"), choose(client, OWN, "other-horse-battery")] == [400] * 3
    assert choose(client, OWN) == 302

    assert client.get("/office/account/").status_code == 200
    assert [enter(Client(), once), enter(Client(), OWN)] == ["400", "/office/login/second/"]
    assert Entry.objects.filter(step="accounts.account.change_password").get().actor.startswith("accounts.account:")


def test_a_one_time_password_is_good_for_three_days(client: Client) -> None:
    once = add_li_qiang()
    Account.objects.update(one_time_until=timezone.now() - timedelta(seconds=1))

    answer = client.post("/office/login/", {"username": "rsj.liqiang", "password": once})

    assert answer.status_code == 400
    assert "这个一次性密码已过期" in answer.content.decode()
    li = Account.objects.get()
    li.issue_one_time_password(by="operator", at=MONDAY)
    assert li.one_time_until == MONDAY + timedelta(days=3)


def test_a_lost_password_is_replaced_and_the_phone_stays_unless_it_is_lost_too(client: Client) -> None:
    li = official("李强", username="rsj.liqiang", password=OWN)
    secret, before = factor.new_secret(), timezone.now() - timedelta(hours=1)
    factor.set_up_app(li, secret=secret, code=factor.code_at(secret, before.timestamp()), at=before)

    once = said("official_password", "RSJ.liqiang")
    assert [enter(Client(), OWN), enter(Client(), once)] == ["400", "/office/login/second/"]

    once = said("official_password", "rsj.liqiang", "--forget-second-factor")
    assert enter(client, once) == "/office/login/setup/"
    assert Entry.objects.get(step="accounts.account.forget_factors").actor == "operator"


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (("official_add", "li", "李强", "--department", "rsj"), "3到64个"),
        (("official_add", "rsj.liqiang", " ", "--department", "rsj"), "公务姓名"),
        (("official_add", "rsj.liqiang", "李强", "--department", "nowhere"), "Known: rsj."),
        (("official_add", "rsj.zhaomin", "李强", "--department", "rsj"), "已有人使用"),
        (
            ("official_add", "rsj.liqiang", "李强", "--department", "rsj", "--role", "auditor", "--role", "operator"),
            "审计人员不能兼任",
        ),
        (("official_password", "rsj.liqiang"), "no official"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_words_and_leaves_nobody(command: tuple[str, ...], words: str) -> None:
    department()
    official("赵敏", username="rsj.zhaomin")
    entries = Entry.objects.count()

    with pytest.raises(CommandError, match=words):
        said(*command)

    assert (Account.objects.count(), Entry.objects.count()) == (1, entries)


def test_an_organisation_is_taken_in_with_a_representative_whose_name_is_verified() -> None:
    resident("周建国", phone="13800006666")

    assert said("organisation_add", USCC, "六安示范茶业有限公司", "--representative", "13800006666") == (
        f"{USCC} 六安示范茶业有限公司"
    )

    assert Organisation.objects.get().representative.name == "周建国"
    assert Entry.objects.get(step="accounts.organisation.register").actor == "operator"


@pytest.mark.parametrize(
    ("uscc", "phone", "words"),
    [
        (USCC, "13800007777", "Nobody is known"),
        (USCC, "1380000", "no mobile phone"),
        (USCC, "13800008888", "not verified"),
        ("91341500MA2TEXT00K", "13800006666", "统一社会信用代码"),
    ],
)
def test_an_organisation_without_such_a_representative_or_code_is_refused(uscc: str, phone: str, words: str) -> None:
    resident("周建国", phone="13800006666")
    resident("孙浩", phone="13800008888", level=Level.PHONE)

    with pytest.raises(CommandError, match=words):
        said("organisation_add", uscc, "六安示范茶业有限公司", "--representative", phone)

    assert not Organisation.objects.exists()


def test_the_commands_are_in_the_help_of_civic() -> None:
    text = parser().format_help()

    assert all(" ".join(words) in text for words in rooms.COMMANDS)


def test_a_password_does_not_weaken_what_was_sealed_before() -> None:
    li = official("李强")
    assert "one_time_until" not in li.sealed_content()

    li.issue_one_time_password(by="operator", at=MONDAY)

    assert li.sealed_content()["one_time_until"] is not None
