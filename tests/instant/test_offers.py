"""何秀兰 is offered the allowance because she agreed to hints and meets the rules; one tap takes it."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.core.management import call_command
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from civic.accounts.models import Account, Consent
from civic.adapters.departments.fake import in_process
from civic.cases.models import Case
from civic.catalogue.models import Service, Version
from civic.core.errors import NotAllowed
from civic.exchange.models import Call
from civic.instant import completing, services, tasks
from civic.instant.departments import tell_department
from civic.instant.facts import gather
from civic.instant.models import Offer, Onward
from civic.instant.offers import DataMissing, department_names, find_offers, lapse_offers, reasons_of, take_offer
from civic.notifications.models import Notice
from civic.workflow.models import StepRefused
from tests.factories import accounts as people
from tests.factories import instant as make

LATER = make.MONDAY + timedelta(hours=1)


@pytest.fixture
def version(db: None) -> Version:
    return make.city_service(make.ALLOWANCE)


@pytest.fixture
def old(version: Version) -> Account:
    return make.he_xiulan(hints=True)


def find(version: Version) -> int:
    return find_offers(service=Service.objects.select_related("current").get(pk=version.service_id), at=make.MONDAY)


def stored(pk: int) -> Case:
    found: Case = Case.objects.for_detail().get(pk=pk)
    return found


@pytest.mark.django_db
class TestFinding:
    def test_who_agreed_and_meets_every_rule_is_offered_it_once_with_the_reason(self, version, old) -> None:
        assert (find(version), find(version)) == (1, 0)

        offer = Offer.objects.for_list().get()
        assert (offer.person, offer.state, offer.until) == (old.person, "MADE", make.MONDAY + timedelta(days=30))
        assert [(reason.words, reason.sources) for reason in reasons_of(offer, department_names())] == [
            ("年满80周岁", ("六安市公安局",)),
            ("老人的户口信息正常", ("六安市公安局",)),
            ("户口在六安", ("六安市公安局",)),
            ("还没有领取高龄津贴", ("六安市民政局",)),
            ("社保卡可以收款", ("六安市人力资源和社会保障局",)),
        ]
        assert Notice.objects.get().recipient == old

    def test_only_the_fewest_fields_are_asked_for_under_their_own_purpose(self, version, old) -> None:
        find(version)

        calls = {call.resource.code: sorted(call.fields) for call in Call.objects.filter(purpose="offer")}
        assert calls == {
            "gaj.population": ["alive", "born_on", "hukou_city"],
            "mzj.old_age_allowance": ["receives"],
            "rsj.insurance": ["card_no", "insured"],
        }
        assert Call.objects.exclude(purpose="offer").count() == 0
        assert {call.on_behalf_of for call in Call.objects.all()} == {old.person.ledger_id()}

    def test_who_has_not_agreed_is_neither_asked_about_nor_offered_anything(self, version) -> None:
        make.he_xiulan()

        assert find(version) == 0
        assert not Call.objects.exists()

    def test_who_has_withdrawn_the_consent_is_left_alone(self, version, old) -> None:
        Consent.objects.withdraw(person=old.person, purpose="service_hints", by=old, at=make.MONDAY)

        assert find(version) == 0
        assert not Call.objects.exists()

    def test_nobody_asks_about_who_is_too_young(self, version) -> None:
        mother = people.resident(**people.LIU_GUIYING)
        people.consent(mother.person, "service_hints")

        assert find(version) == 0
        assert not Call.objects.exists()

    def test_who_is_not_known_by_name_is_offered_nothing(self, version) -> None:
        unknown = people.resident(**make.HE_XIULAN, level=1)
        people.consent(unknown.person, "service_hints")

        assert find(version) == 0

    def test_who_has_applied_already_is_offered_nothing(self, version, old) -> None:
        make.apply(version, by=old)

        assert find(version) == 0

    @pytest.mark.parametrize("department", ["gaj", "mzj", "rsj"])
    def test_what_is_unknown_is_no_offer(self, version, old, department) -> None:
        make.break_down(department)

        assert find(version) == 0
        assert not Offer.objects.exists() and not Notice.objects.exists()

    def test_a_service_without_an_offer_offers_nothing(self, version, old) -> None:
        assert find(make.city_service(make.BUSINESS)) == 0


@pytest.mark.django_db
class TestAnswering:
    def test_one_tap_applies_with_data_and_rules_grant_it(self, version, old) -> None:
        find(version)

        case = take_offer(offer=Offer.objects.for_list().get(), by=old, at=LATER)
        ruling = make.decide(case, at=LATER)
        completing.complete(case=stored(case.pk), sheet=gather(stored(case.pk), at=LATER), at=LATER)
        (row,) = Onward.objects.filter(case=case)
        tell_department(row, services.body_of(row))

        assert stored(case.pk).latest_submission.form == {
            "holder": "self",
            "payout": "card",
            "age_band": "from_80",
            "address": "六安市金安区东市街道云露路21号4幢203室",
            "contact_name": "何秀兰",
            "contact_phone": "13800007788",
        }
        assert (ruling.state, stored(case.pk).outcome) == ("GRANTED", "GRANTED")
        assert [one.material for one in case.commitments.all()] == ["no_other"]
        offer = Offer.objects.get()
        assert (offer.state, offer.case_id) == ("TAKEN", case.pk)
        assert [told.name for told in in_process.town().notices.all()] == ["old_age_allowance"]
        assert find(version) == 0

    def test_who_declines_is_not_offered_it_again(self, version, old) -> None:
        find(version)

        Offer.objects.get().decline(by=old, at=LATER)

        assert (find(version), Offer.objects.get().state) == (0, "DECLINED")
        assert not Case.objects.exists()

    def test_nobody_answers_for_somebody_else(self, version, old) -> None:
        find(version)
        stranger = people.resident(**people.SUN_HAO)

        with pytest.raises(NotAllowed):
            take_offer(offer=Offer.objects.for_list().get(), by=stranger, at=LATER)

        assert (Offer.objects.get().state, Case.objects.count()) == ("MADE", 0)

    def test_without_an_answer_of_the_department_nothing_is_sent(self, version, old) -> None:
        find(version)
        make.break_down("gaj")

        with pytest.raises(DataMissing):
            take_offer(offer=Offer.objects.for_list().get(), by=old, at=LATER)

        assert (Offer.objects.get().state, Case.objects.count()) == ("MADE", 0)

    def test_an_offer_lapses_after_a_month_and_may_be_made_again(self, version, old) -> None:
        find(version)
        over = make.MONDAY + timedelta(days=30)

        assert (lapse_offers(at=over - timedelta(seconds=1)), lapse_offers(at=over), lapse_offers(at=over)) == (0, 1, 0)

        assert Offer.objects.get().state == "LAPSED"
        assert find(version) == 1

    def test_the_page_says_why_and_what_a_tap_means(self, version, old) -> None:
        offer = Offer.objects.make(
            person=old.person, service=version.service, reason="age,household", until=make.MONDAY.replace(year=2099),
            at=make.MONDAY,
        )  # fmt: skip
        home = people.at_home(old)

        page = home.get("/my/offers/").content.decode()
        refused = home.post(f"/my/offers/{offer.handle}/refusal/")
        after = home.get("/my/offers/").content.decode()

        for words in (
            "高龄津贴申领",
            "年满80周岁",
            "按六安市公安局的登记",
            "老人没有在其他地方领取高龄津贴",
            "不需要",
            "关闭政策提醒",
        ):
            assert words in page
        assert (refused["Location"], "您选择了不办" in after) == ("/my/offers/", True)
        assert "可以领取的服务" in home.get("/my/").content.decode()

    def test_a_tap_on_the_page_leads_to_how_it_is_decided(self, version, old, monkeypatch) -> None:
        monkeypatch.setattr("civic.instant.portal.now", lambda: LATER)
        offer = Offer.objects.make(
            person=old.person, service=version.service, reason="age", until=make.MONDAY.replace(year=2099),
            at=make.MONDAY,
        )  # fmt: skip
        stranger = people.at_home(people.resident(**people.SUN_HAO))

        hidden = stranger.post(f"/my/offers/{offer.handle}/acceptance/")
        taken = people.at_home(old).post(f"/my/offers/{offer.handle}/acceptance/")

        case = Case.objects.get()
        assert (hidden.status_code, taken["Location"]) == (404, f"/my/cases/{case.number}/ruling/")

    def test_more_offers_ask_no_more_queries(self, version, old, django_assert_num_queries) -> None:
        until = make.MONDAY.replace(year=2099)
        others = [make.city_service(make.BUSINESS), make.city_service(make.HOME)]
        Offer.objects.make(person=old.person, service=version.service, reason="age", until=until, at=make.MONDAY)
        home = people.at_home(old)
        assert home.get("/my/offers/").content.decode().count("/acceptance/") == 1

        with django_assert_num_queries(OFFER_QUERIES):
            home.get("/my/offers/")
        for other in others:
            Offer.objects.make(person=old.person, service=other.service, reason="x", until=until, at=make.MONDAY)
        with django_assert_num_queries(OFFER_QUERIES):
            page = home.get("/my/offers/").content.decode()
        assert page.count("c-card") == 3


OFFER_QUERIES = 2  # the offers with their services, the departments' names; who reads is known from the session


@pytest.mark.django_db
def test_the_weekly_task_finds_what_the_demonstration_has_and_the_daily_one_closes_it(
    version: Version, old: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    call_command("create_demonstration_offers", verbosity=0)
    monkeypatch.setattr("civic.instant.tasks.now", lambda: make.MONDAY)
    found = tasks.offer(timestamp=0)
    monkeypatch.setattr("civic.instant.tasks.now", lambda: make.MONDAY + timedelta(days=31))

    assert (found, tasks.lapse(timestamp=0), Offer.objects.get().state) == (1, 1, "LAPSED")
    assert ProcrastinateJob.objects.filter(task_name="civic.instant.tasks.offer").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_taps_at_once_make_one_case(version: Version, old: Account) -> None:
    find(version)
    both, came = Barrier(2), []

    def tap() -> None:
        offer = Offer.objects.for_list().get()
        both.wait()
        try:
            came.append(take_offer(offer=offer, by=old, at=LATER).number)
        except StepRefused:
            came.append("refused")
        finally:
            connection.close()

    threads = [Thread(target=tap) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    (number,) = Case.objects.values_list("number", flat=True)
    assert sorted(came) == sorted([number, "refused"])
