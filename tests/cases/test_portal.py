"""The residents' pages of a case: typed once, kept always, sent once."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.test import Client
from PIL import Image

from civic.cases import services
from civic.cases.models import Case, Draft
from civic.core.errors import Conflict
from tests.factories import accounts as people
from tests.factories import cases as make

pytestmark = pytest.mark.django_db
ANSWERS = {"certificate": "皖2020六安市不动产权第0001234号", "price": "850000.00"}


@pytest.fixture(autouse=True)
def at_monday(monkeypatch: pytest.MonkeyPatch) -> None:
    for door in ("portal.apply", "portal.mine", "portal.track", "office.case", "office.worklist"):
        monkeypatch.setattr(f"civic.cases.{door}.now", lambda: make.MONDAY + timedelta(hours=1))


@pytest.fixture
def wang():
    return people.resident("王芳", phone="13800005678")


def photo() -> BytesIO:
    file = BytesIO()
    Image.new("RGB", (60, 80), "white").save(file, "PNG")
    file.seek(0)
    file.name = "photo.png"
    return file


def begun(client: Client, **changes: object) -> str:
    """Begin an application and return the address of its draft."""
    make.transfer_of_home(**changes)
    client.post("/apply/LA-ZR-001/")
    return f"/apply/drafts/{Draft.objects.get().token}/"


def filled(client: Client, **changes: object) -> str:
    draft = begun(client, **changes)
    client.post(f"{draft}home/", ANSWERS)
    client.post(f"{draft}materials/", {"commitments": ["homes"]})
    client.post(f"{draft}delivery/", {"delivery": "ELECTRONIC"})
    return draft


def test_the_start_page_says_what_will_be_asked_and_makes_no_draft(wang) -> None:
    make.transfer_of_home()

    page = people.at_home(wang).get("/apply/LA-ZR-001/")

    assert page.status_code == 200
    assert "开始填写" in page.content.decode()
    assert Draft.objects.count() == 0


def test_beginning_twice_goes_on_with_the_same_draft(wang) -> None:
    client = people.at_home(wang)
    begun(client)

    answer = client.post("/apply/LA-ZR-001/")

    assert answer["Location"].endswith("/home/")
    assert Draft.objects.count() == 1
    assert "接着填写" in client.get("/apply/LA-ZR-001/").content.decode()


def test_what_was_typed_is_kept_even_when_something_is_wrong(wang) -> None:
    client = people.at_home(wang)
    draft = begun(client)

    answer = client.post(f"{draft}home/", {"certificate": "证一", "price": "八十五万"})

    assert answer.status_code == 422
    assert "错误：" in answer.content.decode() or "错误:" in answer.content.decode()
    assert Draft.objects.get().answers["price"] == "八十五万"


def test_autosave_keeps_without_judging_and_needs_the_owner(wang) -> None:
    client = people.at_home(wang)
    draft = begun(client)

    assert client.post(f"{draft}autosave/", {"price": "8"}).json() == {"saved": True}
    assert people.at_home(people.resident("孙浩")).post(f"{draft}autosave/", {"price": "9"}).status_code == 404
    assert Draft.objects.get().answers == {"price": "8"}


def test_typing_on_two_devices_loses_nothing(wang) -> None:
    client = people.at_home(wang)
    begun(client)
    phone, desk = Draft.objects.get(), Draft.objects.get()

    phone.keep({"certificate": "证一"}, at=make.MONDAY)
    desk.keep({"price": "1"}, at=make.MONDAY)

    assert Draft.objects.get().answers == {"certificate": "证一", "price": "1"}


def test_the_pages_lead_from_the_first_to_the_check_page(wang) -> None:
    client = people.at_home(wang)
    draft = begun(client)

    ways = [
        client.post(f"{draft}home/", ANSWERS)["Location"],
        client.post(f"{draft}materials/", {"commitments": ["homes"]})["Location"],
        client.post(f"{draft}delivery/", {"delivery": "ELECTRONIC"})["Location"],
        client.get(draft)["Location"],
    ]

    assert [way.split("/")[-2] for way in ways] == ["materials", "delivery", "check", "check"]
    assert client.post(f"{draft}home/", {**ANSWERS, "back_to": "check"})["Location"].endswith("/check/")


def test_a_draft_goes_on_under_a_new_version_with_everything_that_still_fits(wang) -> None:
    client = people.at_home(wang)
    bring = [
        {"key": "contract", "name": "买卖合同", "source": "APPLICANT"},
        {"key": "letter", "name": "介绍信", "source": "APPLICANT"},
        *make.HOME["materials"],
        {"key": "sole", "name": "唯一住房说明", "source": "COMMITMENT", "commitment": "属家庭唯一住房。"},
    ]
    begun = filled(client, materials=bring)
    files = {"contract": photo(), "letter": photo(), "commitments": ["homes", "sole"]}
    client.post(f"{begun}materials/", files)
    contract = Draft.objects.get().documents["contract"]
    asked = {name: dict(prop) for name, prop in make.HOME["form"]["properties"].items()}
    form = {
        **make.HOME["form"],
        "x-pages": [{"key": "home", "title": "房屋", "fields": ["certificate", "price", "floor"]}],
        "required": ["certificate", "price", "floor"],
        "properties": {
            **asked,
            "price": {"type": "number", "title": "成交价"},
            "floor": {"type": "string", "title": "楼层"},
        },
    }
    changed = [bring[0], *bring[2:4], {**bring[4], "commitment": "是全家在全国的唯一住房。"}]
    newer = make.transfer_of_home(materials=changed, form=form)

    assert client.get(begun)["Location"] == "/apply/LA-ZR-001/"
    assert "办事指南在您填写之后更新过" in client.get("/apply/LA-ZR-001/").content.decode()
    answer = client.post("/apply/LA-ZR-001/")

    draft = Draft.objects.get()
    assert answer["Location"] == f"{begun}home/"
    assert draft.service_version == newer
    assert draft.answers == {"certificate": ANSWERS["certificate"], "_commitments": ["homes"],
                             "_delivery": "ELECTRONIC", "_address": ""}  # fmt: skip
    assert draft.documents == {"contract": contract, "homes": [], "sole": []}


def test_a_page_that_does_not_exist_is_404(wang) -> None:
    client = people.at_home(wang)

    assert client.get(f"{begun(client)}nothing/").status_code == 404


def test_missing_commitment_address_and_delivery_are_named(wang) -> None:
    client = people.at_home(wang)
    draft = begun(client)

    assert client.post(f"{draft}materials/", {}).status_code == 422
    assert client.post(f"{draft}delivery/", {}).status_code == 422
    assert client.post(f"{draft}delivery/", {"delivery": "POST"}).status_code == 422


def test_pressing_send_twice_makes_one_case_and_shows_one_receipt(wang) -> None:
    client = people.at_home(wang)
    draft = filled(client)

    first, second = client.post(f"{draft}check/"), client.post(f"{draft}check/")

    number = Case.objects.get().number
    assert first["Location"] == second["Location"] == f"/my/cases/{number}/receipt/"
    assert Draft.objects.count() == 0
    assert number in client.get(first["Location"]).content.decode()


def test_a_draft_that_was_sent_cannot_be_sent_again_by_another_way(wang) -> None:
    client = people.at_home(wang)
    filled(client)
    draft = Draft.objects.get()
    stale = Draft.objects.get()
    services.submit_draft(draft=draft, application=make.application(), at=make.MONDAY)

    with pytest.raises(Conflict):
        services.submit_draft(draft=stale, application=make.application(), at=make.MONDAY)

    assert Case.objects.count() == 1


def test_sending_too_early_shows_everything_that_is_missing_with_links(wang) -> None:
    client = people.at_home(wang)
    draft = begun(client)

    page = client.post(f"{draft}check/")

    text = page.content.decode()
    assert page.status_code == 422
    assert f"{draft}home/?back_to=check#certificate" in text
    assert f"{draft}materials/?back_to=check#homes" in text
    assert Case.objects.count() == 0


def test_a_draft_is_discarded_only_after_asking(wang) -> None:
    client = people.at_home(wang)
    draft = begun(client)

    assert client.get(f"{draft}discard/").status_code == 200
    assert Draft.objects.count() == 1
    client.post(f"{draft}discard/")
    assert Draft.objects.count() == 0


MATERIALS = [
    {"key": "photo", "name": "照片", "source": "APPLICANT", "accept": ["image/png"], "max_files": 1},
    {"key": "homes", "name": "家庭住房说明", "source": "COMMITMENT", "commitment": "我填写的住房套数属实。"},
]


def test_an_uploaded_file_is_kept_with_the_draft_and_read_by_the_departments(wang) -> None:
    client = people.at_home(wang)
    draft = begun(client, materials=MATERIALS)
    client.post(f"{draft}home/", ANSWERS)

    client.post(f"{draft}materials/", {"photo": photo(), "commitments": ["homes"]})
    client.post(f"{draft}delivery/", {"delivery": "SELF_PICK"})
    client.post(f"{draft}check/")

    case = Case.objects.get()
    (token,) = case.latest_submission.documents["photo"]
    staff = make.officials()
    assert people.at_home(staff["clerk"]).get(f"/documents/{token}/").status_code == 200
    assert people.at_home(staff["stranger"]).get(f"/documents/{token}/").status_code == 404


def test_a_file_that_is_no_picture_is_refused_beside_its_field(wang) -> None:
    client = people.at_home(wang)
    draft = begun(client, materials=MATERIALS)
    script = BytesIO(b"<script>alert(1)</script>")
    script.name = "photo.png"

    page = client.post(f"{draft}materials/", {"photo": script, "commitments": ["homes"]})

    assert page.status_code == 422
    assert Draft.objects.get().documents.get("photo", []) == []


def test_a_document_of_somebody_else_cannot_be_handed_in(wang) -> None:
    version = make.transfer_of_home(materials=MATERIALS)
    sun = people.resident("孙浩")
    from civic.documents.services import store_document

    foreign = store_document(owner=sun, file=photo(), name="p.png", purpose="case.photo", at=make.MONDAY)
    with pytest.raises(services.FormIncomplete) as refusal:
        make.case(by=wang, version=version, documents={"photo": [str(foreign.token)], "odd": ["x"]})

    assert [error.pointer for error in refusal.value.errors] == ["/documents/odd", "/documents/photo", "/documents/odd"]
    assert Case.objects.count() == 0


def test_acting_for_a_mother_files_her_case(wang) -> None:
    version = make.transfer_of_home()
    mother = people.person("刘桂英", phone="13800004321")
    mandate = people.mandate(agent=wang, principal=mother)
    who = services.Principal.of(mandate, own=wang.person)

    case = services.submit_case(version=version, application=make.application(), by=wang, at=make.MONDAY, principal=who)

    assert case.person == mother
    assert case.key == mother.key
    assert case.is_applicant(wang, at=make.MONDAY)
    assert list(Case.objects.of_applicant(wang, at=make.MONDAY)) == [case]


def test_nobody_without_a_name_can_apply() -> None:
    stranger = people.resident("", phone="13800001111")

    with pytest.raises(services.IdentityNeeded):
        make.case(by=stranger)


def test_a_case_of_an_old_guide_is_refused_and_points_to_the_new_one(wang) -> None:
    version = make.transfer_of_home()
    version.withdraw(by="operator", at=make.MONDAY)

    with pytest.raises(services.NotOnline):
        services.begin_draft(version=version, owner=wang, at=make.MONDAY)


def test_coming_back_to_a_sent_draft_leads_to_its_receipt(wang) -> None:
    client = people.at_home(wang)
    draft = filled(client)
    receipt = client.post(f"{draft}check/")["Location"]

    for page in ("check/", "home/", "materials/", ""):
        assert client.get(f"{draft}{page}")["Location"] == receipt
    assert client.post(f"{draft}home/", ANSWERS)["Location"] == receipt
    assert people.at_home(people.resident("孙浩")).get(f"{draft}check/").status_code == 404
    assert Case.objects.count() == 1


def test_a_single_way_of_delivery_is_not_asked_for(wang) -> None:
    client = people.at_home(wang)
    draft = begun(client, delivery=["ELECTRONIC"])
    client.post(f"{draft}home/", ANSWERS)

    answer = client.post(f"{draft}materials/", {"commitments": ["homes"]})

    assert answer["Location"] == f"{draft}check/"
    assert client.get(f"{draft}delivery/")["Location"] == f"{draft}check/"
    client.post(f"{draft}check/")
    assert Case.objects.get().delivery == "ELECTRONIC"


def test_a_new_photo_takes_the_place_of_the_only_one(wang) -> None:
    contract = {"key": "contract", "name": "买卖合同", "source": "APPLICANT", "required": True, "max_files": 1}
    client = people.at_home(wang)
    draft = begun(client, materials=[contract])
    client.post(f"{draft}materials/", {"contract": photo(), "upload": "1"})
    first = Draft.objects.get().documents["contract"]
    other = BytesIO()
    Image.new("RGB", (90, 90), "black").save(other, "PNG")
    other.seek(0)
    other.name = "again.png"

    answer = client.post(f"{draft}materials/", {"contract": other, "upload": "1"})

    assert answer.status_code == 302
    assert len(Draft.objects.get().documents["contract"]) == 1
    assert Draft.objects.get().documents["contract"] != first
