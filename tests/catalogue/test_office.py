"""The clerks' desk: a service from nothing to publication without a programmer, and without a script."""

import pytest
from django.test import Client

from civic.accounts.models import Account
from civic.catalogue.models import Service, Version
from tests.factories import accounts
from tests.factories import catalogue as factory

pytestmark = pytest.mark.django_db
OFFICE = "/office/catalogue"


def signed_in(account: Account) -> Client:
    client = Client()
    client.force_login(account)
    return client


@pytest.fixture
def li_qiang() -> Account:
    return accounts.official("李强", department=accounts.department("rsj"), roles=("catalogue_clerk",))


@pytest.fixture
def zhang_min() -> Account:
    return accounts.official("张敏", department=accounts.department("sjj", "数据局"), roles=("catalogue_publisher",))


BASIC = {
    "name": "社保卡补办", "name_en": "Replace a card", "aliases": "社保卡丢了\n补办社保卡", "audience": ["PERSON"],
    "theme": "社会保障", "life_events": ["退休"], "category": "PUBLIC_SERVICE", "level": "CITY",
    "summary": "补办一张卡。",
}  # fmt: skip
LIMITS = {
    "kind": "PROMISED", "statutory_days": "15", "promised_days": "3", "day_unit": "WORKDAY", "visits": "0",
    "online": "true", "delivery": ["POST"], "fee.amount": "20", "fee.note": "工本费", "fee.basis": "皖价费1号",
    "decision.department": "rsj",
}  # fmt: skip
MATERIALS = {"count": "1", "0-key": "photo", "0-name": "电子照片", "0-source": "APPLICANT", "0-required": "true",
             "0-form": "ELECTRONIC", "0-max_files": "1"}  # fmt: skip
FORM = {
    "count": "2",
    "0-page": "卡片", "0-page_en": "Card", "0-key": "reason", "0-title": "为什么补办", "0-kind": "one",
    "0-required": "true", "0-options": "lost=丢了=Lost\nbroken=坏了=Broken",
    "1-page": "卡片", "1-key": "where", "1-title": "丢在哪里", "1-kind": "textarea", "1-max_length": "100",
    "1-show_field": "reason", "1-show_value": "lost",
}  # fmt: skip
STEPS = {
    "count": "2",
    "0-key": "review", "0-name": "审核", "0-department": "rsj", "0-days": "1",
    "1-key": "issue", "1-name": "制卡", "1-department": "rsj", "1-after": "review", "1-days": "2",
}  # fmt: skip
RULES = {
    "count": "1", "0-key": "age", "0-question": "您的年龄？", "0-fact": "age", "0-type": "integer", "0-op": ">=",
    "0-value": "16", "0-rule": "年满16周岁", "0-basis": "《社会保险法》", "0-remedy": "请监护人代办。",
}  # fmt: skip


def save(client: Client, code: str, part: str, data: dict[str, object]) -> None:
    response = client.post(f"{OFFICE}/{code}/draft/{part}/", {**data, "do": "save"})
    assert response.status_code == 302, response.content.decode()


def test_a_clerk_writes_a_service_and_a_publisher_puts_it_in_force(li_qiang: Account, zhang_min: Account) -> None:
    clerk, publisher = signed_in(li_qiang), signed_in(zhang_min)

    assert clerk.post(f"{OFFICE}/new/", {"code": "LA-RS-010", "name": "社保卡补办"}).status_code == 302
    for part, data in (("basic", BASIC), ("limits", LIMITS), ("materials", MATERIALS), ("form", FORM), ("steps", STEPS),
                       ("eligibility", RULES)):  # fmt: skip
        save(clerk, "LA-RS-010", part, data)
    assert "草稿没有错误" in clerk.get(f"{OFFICE}/LA-RS-010/").content.decode()
    assert "为什么补办" in clerk.get(f"{OFFICE}/LA-RS-010/versions/1/").content.decode()
    assert publisher.post(f"{OFFICE}/LA-RS-010/draft/publication/").status_code == 302

    version = Service.objects.get(code="LA-RS-010").current
    assert version is not None
    assert (version.number, version.promised_days, str(version.fee_amount)) == (1, 3, "20.00")
    assert version.aliases == ["社保卡丢了", "补办社保卡"]
    assert version.form["properties"]["reason"] == {
        "type": "string", "title": "为什么补办", "enum": ["lost", "broken"],
        "x-labels": ["丢了", "坏了"], "x-labels-en": ["Lost", "Broken"],
    }  # fmt: skip
    assert version.form["properties"]["where"]["x-show-when"] == {"field": "reason", "equals": "lost"}
    assert version.form["x-pages"] == [
        {"key": "page1", "title": "卡片", "title_en": "Card", "fields": ["reason", "where"]}
    ]
    assert [step["after"] for step in version.steps] == [[], ["review"]]
    assert version.eligibility[0]["value"] == 16
    assert Client().get("/services/LA-RS-010/").status_code == 200


def test_the_last_editor_cannot_publish_what_they_wrote() -> None:
    both = accounts.official("李强", department=accounts.department("rsj"), roles=("catalogue_publisher",))
    draft = factory.draft(code="LA-RS-009")
    Version.objects.filter(pk=draft.pk).update(edited_by=both)

    response = signed_in(both).post(f"{OFFICE}/LA-RS-009/draft/publication/")

    assert response.status_code == 403
    assert "最后修改草稿的人不能自己发布" in response.content.decode()
    draft.refresh_from_db()
    assert draft.state == "DRAFT"


def test_a_draft_with_errors_is_not_published_and_the_page_names_them(zhang_min: Account) -> None:
    draft = factory.draft(code="LA-RS-009", promised_days=20)

    response = signed_in(zhang_min).post(f"{OFFICE}/LA-RS-009/draft/publication/")

    assert response.status_code == 400
    assert "承诺办结时限（20）不能长于法定办结时限（15）" in response.content.decode()
    draft.refresh_from_db()
    assert draft.state == "DRAFT"


def test_adding_a_row_keeps_what_was_typed_and_stores_nothing(li_qiang: Account) -> None:
    draft = factory.draft(code="LA-RS-009")

    page = signed_in(li_qiang).post(f"{OFFICE}/LA-RS-009/draft/materials/", {**MATERIALS, "do": "add"})

    text = page.content.decode()
    assert page.status_code == 200
    assert 'name="1-key"' in text
    assert "电子照片" in text
    draft.refresh_from_db()
    assert [material["key"] for material in draft.materials] == ["id_card", "photo", "residence"]


def test_removing_a_row_takes_that_row(li_qiang: Account) -> None:
    factory.draft(code="LA-RS-009")

    page = signed_in(li_qiang).post(f"{OFFICE}/LA-RS-009/draft/steps/", {**STEPS, "do": "remove-0"})

    text = page.content.decode()
    assert 'value="issue"' in text
    assert 'value="review"' not in text


def test_a_number_that_is_none_is_named_and_nothing_typed_is_lost(li_qiang: Account) -> None:
    draft = factory.draft(code="LA-RS-009")

    page = signed_in(li_qiang).post(
        f"{OFFICE}/LA-RS-009/draft/limits/", {**LIMITS, "promised_days": "三天", "do": "save"}
    )

    text = page.content.decode()
    assert page.status_code == 400
    assert "「承诺办结时限」要填整数" in text
    assert "三天" in text
    draft.refresh_from_db()
    assert draft.promised_days == 5


def test_a_draft_changed_meanwhile_is_not_overwritten_and_nothing_typed_is_lost(li_qiang: Account) -> None:
    draft = factory.draft(code="LA-RS-009")
    draft.edit(content=factory.content(name="别人改的名称"), by="operator", at=factory.MONDAY)

    page = signed_in(li_qiang).post(f"{OFFICE}/LA-RS-009/draft/basic/", {**BASIC, "seen": "1", "do": "save"})

    text = page.content.decode()
    assert page.status_code == 400
    assert "草稿在您编辑期间已被别人修改" in text
    assert "社保卡补办" in text
    draft.refresh_from_db()
    assert draft.name == "别人改的名称"


def test_the_whole_content_can_be_edited_as_json_and_errors_name_the_field(li_qiang: Account) -> None:
    factory.draft(code="LA-RS-009")
    client = signed_in(li_qiang)

    broken = client.post(f"{OFFICE}/LA-RS-009/draft/all/", {"json": '{"name": ', "do": "save"})
    wrong = client.post(f"{OFFICE}/LA-RS-009/draft/all/", {"json": '{"name": "卡", "level": "MOON"}', "do": "save"})

    assert "不是有效的 JSON" in broken.content.decode()
    assert "行权层级要选" in wrong.content.decode()


def test_a_clerk_of_another_department_cannot_edit(li_qiang: Account) -> None:
    factory.draft(code="LA-ZR-009", department="zrzy", decision={"department": "zrzy"})

    page = signed_in(li_qiang).post(f"{OFFICE}/LA-ZR-009/draft/basic/", {**BASIC, "do": "save"})

    assert "只有事项所属部门的事项管理员可以编写这个事项" in page.content.decode()
    assert Version.objects.get(service__code="LA-ZR-009").name == "社保卡申领"


@pytest.mark.parametrize("path", ["/", "/new/", "/LA-RS-001/", "/LA-RS-001/versions/1/"])
def test_strangers_find_no_desk(path: str) -> None:
    factory.published_service(code="LA-RS-001")
    sun_hao = signed_in(accounts.resident("孙浩"))

    assert sun_hao.get(OFFICE + path).status_code == 404
    assert Client().get(OFFICE + path).status_code == 302


def test_every_part_of_a_full_draft_opens_and_saves_unchanged(li_qiang: Account) -> None:
    draft = factory.draft(code="LA-RS-009")
    client, before = signed_in(li_qiang), draft.content()

    for part in ("basic", "limits", "places", "basis", "results", "materials", "form", "eligibility", "steps", "all"):
        assert client.get(f"{OFFICE}/LA-RS-009/draft/{part}/").status_code == 200

    draft.refresh_from_db()
    assert draft.content() == before


def test_two_versions_are_compared_field_by_field(li_qiang: Account) -> None:
    service = factory.published_service(code="LA-RS-001")
    draft = service.start_draft(by=li_qiang, at=factory.MONDAY)
    draft.edit(content=factory.content(promised_days=4, name="社保卡首次申领"), by=li_qiang, at=factory.MONDAY)

    text = signed_in(li_qiang).get(f"{OFFICE}/LA-RS-001/versions/2/comparison/").content.decode()

    assert "承诺办结时限" in text
    assert "社保卡首次申领" in text
    assert "法定办结时限" not in text


def test_the_desk_asks_the_same_few_questions_for_many_services(
    li_qiang: Account, django_assert_max_num_queries: object
) -> None:
    for i in range(12):
        factory.published_service(code=f"LA-RS-{i:03}")

    client = signed_in(li_qiang)
    client.get(f"{OFFICE}/")

    with django_assert_max_num_queries(9):  # type: ignore[operator]
        client.get(f"{OFFICE}/")
