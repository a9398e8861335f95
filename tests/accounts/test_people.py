"""Persons, offices, roles and tokens: written by their own verbs, sealed, recorded."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import RequestFactory

from civic.accounts import rules
from civic.accounts.http import Bearer, client_address
from civic.accounts.models import Account, Official, Person, Token
from civic.accounts.models.department import RolesClash
from civic.accounts.models.person import TakenAlready
from civic.audit.models import Entry
from civic.core.errors import NotAllowed
from tests.factories.accounts import LIU_GUIYING, MONDAY, WANG_FANG, department, official, person, resident, token

pytestmark = pytest.mark.django_db


def stored_text() -> str:
    """Everything the tables of this room hold about persons, as the database would print it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(accounts_person::text, '') FROM accounts_person")
        return str(cursor.fetchone()[0])


def test_a_person_is_stored_sealed_and_reads_back() -> None:
    wang = person(**WANG_FANG)

    found = Person.objects.get(pk=wang.pk)
    assert (found.name, found.phone, found.id_number) == ("王芳", "13800005678", "341502199001010025")
    assert found.born_on is not None and found.born_on.isoformat() == "1990-01-01"
    for value in WANG_FANG.values():
        assert value not in stored_text()
        assert value.encode().hex() not in stored_text()


def test_a_person_is_found_by_a_number_however_it_is_typed() -> None:
    wang = person(**WANG_FANG)

    assert Person.objects.with_phone(phone="+86 138 0000 5678").get() == wang
    assert Person.objects.with_id_number(id_number="341502 19900101 0025").get() == wang
    assert not Person.objects.with_phone(phone="13800005679").exists()


@pytest.mark.parametrize("fact", ["phone", "id_number"])
def test_a_number_belongs_to_one_person_only(fact: str) -> None:
    person(**WANG_FANG)
    entries = Entry.objects.count()

    with pytest.raises(TakenAlready):
        person(**{**LIU_GUIYING, fact: WANG_FANG[fact]})

    assert Person.objects.count() == 1
    assert Entry.objects.count() == entries


def test_the_level_is_the_highest_that_somebody_vouches_for() -> None:
    wang = person(**WANG_FANG, level=0)

    wang.claim(rules.Level.PRESENT, source="counter", by="test", at=MONDAY)
    wang.claim(rules.Level.PHONE, source="sms", by="test", at=MONDAY)

    assert Person.objects.get(pk=wang.pk).level == rules.Level.PRESENT
    assert list(wang.claims.order_by("source").values_list("source", "level")) == [("counter", 3), ("sms", 1)]


def test_a_shredded_key_leaves_a_person_nobody_can_read() -> None:
    wang = person(**WANG_FANG)

    wang.key.shred(by="test", at=MONDAY)

    with pytest.raises(Exception, match="已按规定删除"):
        _ = Person.objects.get(pk=wang.pk).name


def test_a_stranger_sees_no_other_person() -> None:
    wang, sun = resident("王芳"), resident("孙浩")

    assert list(Person.objects.visible_to(sun)) == [sun.person]
    assert not Person.objects.visible_to(official()).exists()
    assert wang.person not in Person.objects.visible_to(sun)


def test_an_account_name_says_nothing_about_its_holder() -> None:
    wang = resident(**WANG_FANG)

    assert wang.username.startswith("r-")
    assert wang.display_name == "王芳"
    assert wang.department_id is None and not wang.is_official and not wang.has_any_role("unit_handler")


def test_an_official_has_the_roles_given_and_no_other() -> None:
    li = official("李强", department=department(), roles=["unit_handler", "window_clerk"])

    assert li.is_official and li.department_id == department().pk
    assert li.has_any_role("window_clerk") and not li.has_any_role("unit_leader", "auditor")
    assert [role.name for role in li.official.roles_shown()] == ["经办人", "综合窗口"]


@pytest.mark.parametrize(
    ("roles", "reason"),
    [
        (["auditor", "unit_handler"], "审计人员不能兼任其他角色：审计只看不办。"),
        (["operator", "unit_leader"], "运维人员不能兼任能看到办件内容的角色。"),
        (["catalogue_clerk", "catalogue_publisher"], "事项的编制和发布必须由两个人分别承担。"),
        (["mayor"], "没有这样的角色：mayor。"),
    ],
)
def test_roles_that_nobody_may_hold_together_are_refused(roles: list[str], reason: str) -> None:
    with pytest.raises(RolesClash) as refused:
        official("李强", roles=roles)

    assert refused.value.message == reason
    assert not Official.objects.exists()


def test_roles_are_given_by_an_operator_and_never_to_oneself() -> None:
    li, admin = official("李强"), official("周敏", roles=["operator"])

    li.official.assign(["unit_leader"], by=admin, at=MONDAY)
    with pytest.raises(NotAllowed):
        admin.official.assign(["unit_leader"], by=admin, at=MONDAY)
    with pytest.raises(NotAllowed):
        li.official.assign(["operator"], by=li, at=MONDAY)

    assert Official.objects.get(account=li).roles == ["unit_leader"]
    assert Official.objects.get(account=admin).roles == ["operator"]
    assert Entry.objects.filter(step="accounts.official.assign").count() == 1


def test_a_department_is_described_once() -> None:
    rsj = department()

    again, written = type(rsj).objects.describe(code="rsj", name=rsj.name, by="test", at=MONDAY)

    assert (again, written) == (rsj, False)
    assert Entry.objects.filter(step__startswith="accounts.department").count() == 1


def test_a_token_opens_the_api_until_it_is_revoked(settings: object) -> None:
    settings.TOKEN_MEMORY = False  # type: ignore[attr-defined]
    li = official("李强")
    text = token(li)
    bearer, request = Bearer(), RequestFactory().get("/api/")

    assert bearer.authenticate(request, text) == li
    assert request.user == li
    Token.objects.get().revoke(by=li, at=MONDAY)
    assert bearer.authenticate(request, text) is None


def test_a_token_is_looked_up_in_one_query_and_then_known(django_assert_num_queries: object) -> None:
    text = token(official("李强"))
    bearer, request = Bearer(), RequestFactory().get("/api/")
    bearer.authenticate(request, text)
    bearer.forget()

    with django_assert_num_queries(1):  # type: ignore[operator]
        found = bearer.authenticate(request, text)
        assert found is not None and found.official.department.code == "rsj"
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert bearer.authenticate(request, text) is not None


def test_a_token_is_not_in_the_database_and_a_wrong_one_opens_nothing() -> None:
    text = token(official("李强"))

    assert text not in str(Token.objects.values_list().get())
    assert Bearer().authenticate(RequestFactory().get("/api/"), text + "x") is None


def test_an_expired_token_and_one_of_a_disabled_account_open_nothing() -> None:
    li, admin = official("李强"), official("周敏", roles=["operator"])
    old, live = token(li, valid_for=timedelta(minutes=1)), token(li)

    assert Bearer().authenticate(RequestFactory().get("/api/"), old) is None
    li.disable(by=admin, at=MONDAY)
    assert Bearer().authenticate(RequestFactory().get("/api/"), live) is None


def test_the_operator_prints_a_token_at_the_machine() -> None:
    li = official("李强", username="rsj.liqiang")
    out = StringIO()

    call_command("token", "rsj.liqiang", stdout=out)

    assert Bearer().authenticate(RequestFactory().get("/api/"), out.getvalue().strip()) == li
    assert Entry.objects.filter(step="accounts.token.issue", actor="operator").count() == 1
    with pytest.raises(CommandError, match="no such account"):
        call_command("token", "nobody")


@pytest.mark.parametrize("name", ["李强", "+86 138 0000 5678"])
def test_a_token_is_asked_for_by_the_name_in_office_or_the_phone(name: str) -> None:
    holder = official("李强") if name == "李强" else resident(**WANG_FANG)
    out = StringIO()

    call_command("token", name, stdout=out)

    assert Bearer().authenticate(RequestFactory().get("/api/"), out.getvalue().strip()) == holder


def test_a_token_for_one_of_two_namesakes_needs_the_account_name() -> None:
    official("李强", username="rsj.liqiang")
    official("李强", username="zjj.liqiang")

    with pytest.raises(CommandError, match=r"called 李强: rsj\.liqiang, zjj\.liqiang\."):
        call_command("token", "李强")
    with pytest.raises(CommandError, match="no such account"):
        call_command("token", "13800005679")

    assert not Token.objects.exists()


def test_the_seal_covers_a_password_but_not_the_last_login() -> None:
    li = official("李强")
    before = li.sealed_content()

    Account.objects.filter(pk=li.pk).update(last_login=MONDAY)
    assert Account.objects.get(pk=li.pk).sealed_content() == before
    Account.objects.filter(pk=li.pk).update(password="!other")
    assert Account.objects.get(pk=li.pk).sealed_content() != before


def test_the_proxys_word_counts_only_behind_a_proxy(settings: object) -> None:
    request = RequestFactory().get("/", headers={"X-Forwarded-For": "6.6.6.6, 10.0.0.7"})

    assert client_address(request) == "127.0.0.1"
    settings.BEHIND_PROXY = True  # type: ignore[attr-defined]
    assert client_address(request) == "10.0.0.7"
