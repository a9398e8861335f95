"""The pages of rounds and proposals, for residents and in the office: what they show and what they refuse."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from civic.accounts.demonstration import create_demonstration_accounts
from civic.budgeting.demonstration import PAST, create_demonstration_rounds
from civic.budgeting.models import Photo, Proposal, Round, Support
from civic.participation.models import Sheet
from tests.factories import accounts as people
from tests.factories import participation as shared
from tests.factories import rounds as make
from tests.factories.accounts import MONDAY
from tests.factories.documents import picture
from tests.factories.rounds import DAY

pytestmark = pytest.mark.django_db


def browser(account: Any = None) -> Client:
    client = Client()
    if account is not None:
        client.force_login(account)
    return client


def text(answer: Any) -> str:
    return answer.content.decode()  # type: ignore[no-any-return]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Set the clock of the doors."""

    def at(moment: Any) -> None:
        for door in ("portal.rounds", "portal.proposals", "office.rounds", "office.proposals", "api"):
            monkeypatch.setattr(f"civic.budgeting.{door}.now", lambda: moment)

    return at


def test_a_resident_proposes_on_one_page_and_an_error_loses_nothing(clock: Any) -> None:
    clock(MONDAY)
    found = make.opened()
    client, address = browser(make.wang_fang()), f"/budget/rounds/{found.pk}/propose/"
    typed = {"title": make.LIFT[0], "problem": make.LIFT[1], "cost": "三十五万", "place": make.LIFT[3],
             "section": str(found.sections.all()[0].pk), "lives_in": make.HOME}  # fmt: skip

    wrong = client.post(address, typed)
    assert wrong.status_code == 400
    assert make.LIFT[1] in text(wrong)
    assert "请填写金额，例如 350000 或 1280.50。" in text(wrong)
    assert not Proposal.objects.exists()

    answer = client.post(address, {**typed, "cost": "350,000元"})
    made = Proposal.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/budget/proposals/{made.pk}/")
    page = text(client.get(answer["Location"]))
    assert "提案已收到，编号是1" in page
    assert "王**" in page
    assert "王芳" not in page.split("<main")[1]
    assert "350,000元" in page


def test_who_lives_elsewhere_is_told_so_and_an_official_is_sent_to_their_own_account(clock: Any) -> None:
    clock(MONDAY)
    found = make.opened()
    typed = {"title": make.LIFT[0], "problem": make.LIFT[1], "cost": "350000", "place": make.LIFT[3],
             "section": str(found.sections.all()[0].pk), "lives_in": "-"}  # fmt: skip

    answer = browser(make.wang_fang()).post(f"/budget/rounds/{found.pk}/propose/", typed)

    assert answer.status_code == 403
    assert "这次参与面向居住在中市街道的人。" in text(answer)
    assert "工作人员账户不能提案" in text(browser(shared.chen_jing()).get(f"/budget/rounds/{found.pk}/propose/"))
    assert not Proposal.objects.exists()


def test_a_neighbour_supports_from_the_page_and_takes_it_back(clock: Any) -> None:
    clock(MONDAY)
    made = make.proposal()
    client, address = browser(make.liu_guiying()), f"/budget/proposals/{made.pk}/"

    assert client.post(f"{address}support/").status_code == 302
    assert "您已附议" in text(client.get(address))
    assert client.post(f"{address}support/").status_code == 409
    assert client.post(f"{address}take-back/").status_code == 302

    assert Support.objects.get().withdrawn_at == MONDAY


def test_by_the_authors_link_a_neighbour_signs_and_without_it_nobody_can(clock: Any) -> None:
    clock(MONDAY)
    made = make.proposal()
    client = browser(make.sun_hao())
    link = f"/budget/proposals/{made.pk}/join/{made.invitation}/"

    assert client.get(f"/budget/proposals/{made.pk}/join/00000000-0000-0000-0000-000000000000/").status_code == 404
    assert "和王**一起提案吗" in text(client.get(link))
    assert client.post(link).status_code == 302

    page = text(browser().get(f"/budget/proposals/{made.pk}/"))
    assert "王**、孙**" in page
    assert str(made.invitation) not in page
    assert str(made.invitation) in text(browser(make.wang_fang()).get(f"/budget/proposals/{made.pk}/"))


def test_an_author_shows_a_photo_that_everybody_can_see(clock: Any) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    clock(MONDAY)
    made = make.proposal()
    file = SimpleUploadedFile("楼梯.jpg", picture(), content_type="image/jpeg")

    answer = browser(make.wang_fang()).post(
        f"/budget/proposals/{made.pk}/photo/", {"photo": file, "words": "3号楼又窄又陡的楼梯"}
    )

    assert answer.status_code == 302
    shown = browser().get(f"/budget/photos/{Photo.objects.get().pk}/")
    assert (shown.status_code, shown["Content-Type"]) == (200, "image/jpeg")
    assert 'alt="3号楼又窄又陡的楼梯"' in text(browser().get(f"/budget/proposals/{made.pk}/"))


def test_the_office_judges_and_the_resident_reads_criterion_reason_and_remedy(clock: Any) -> None:
    clock(make.SCREENING)
    made = make.proposal()
    desk = browser(shared.chen_jing())
    assert made.title in text(desk.get("/office/screening/"))
    typed = {"met_c1": "yes", "met_c2": "no", "reason_c2": "没有业主同意的证明。",
             "remedy_c2": "请附三分之二业主的签名。", "met_c3": "yes"}  # fmt: skip

    assert desk.post(f"/office/proposals/{made.pk}/screening/", {"met_c1": "yes"}).status_code == 400
    assert desk.post(f"/office/proposals/{made.pk}/screening/", typed).status_code == 302

    page = text(browser(make.wang_fang()).get(f"/budget/proposals/{made.pk}/"))
    for words in ("等待补正", "请提案人补正", make.CRITERIA[1], "没有业主同意的证明。", "请附三分之二业主的签名。"):
        assert words in page
    assert "补正并提交第二次筛选" in page
    assert "补正并提交第二次筛选" not in text(browser(make.sun_hao()).get(f"/budget/proposals/{made.pk}/"))


def test_a_clerk_enters_a_sheet_line_by_line_and_the_page_says_that_it_came_on_paper(clock: Any) -> None:
    found = make.opened()
    clock(MONDAY + DAY)
    client, address = browser(shared.chen_jing()), f"/office/rounds/{found.pk}/enter/"
    typed = {"title": make.LIFT[0], "problem": make.LIFT[1], "cost": make.LIFT[2], "place": make.LIFT[3],
             "section": str(found.sections.all()[0].pk), "number": "A-7", "line": "1", "lines": "2",
             "collected_at": "中市街道老年活动中心", "collected_on": "三月二日"}  # fmt: skip

    wrong = client.post(address, typed)
    assert (wrong.status_code, make.LIFT[1] in text(wrong)) == (400, True)
    assert "请填写收集日期，例如 2026-03-02。" in text(wrong)
    assert not Sheet.objects.exists()

    answer = client.post(address, {**typed, "collected_on": "2026-03-02"})
    made = Proposal.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"{address}?number=A-7&line=2")
    following = text(client.get(answer["Location"]))
    assert "已录入，编号是1。" in following
    assert "中市街道老年活动中心" in following  # the sheet is known: neither place nor day is asked again
    assert 'name="collected_on"' not in following
    assert client.post(address, typed).status_code == 409

    assert "2026年3月2日</time>收集，由工作人员录入" in text(Client().get(f"/budget/proposals/{made.pk}/"))
    assert "表号A-7第1条" in text(client.get(f"/office/proposals/{made.pk}/"))


def test_the_service_desk_finds_open_rounds_to_enter_what_came_on_paper(clock: Any) -> None:
    found, other = make.opened(), make.prepared(title="还没有公布的一轮")
    desk = people.official("林晓", department=people.department("zwfw", "六安市政务服务中心"), roles=("window_clerk",))
    client = browser(desk)
    clock(MONDAY + DAY)

    assert found.title in text(client.get("/office/rounds/"))
    assert other.title not in text(client.get("/office/rounds/"))
    assert f"/office/rounds/{found.pk}/enter/" in text(client.get(f"/office/rounds/{found.pk}/"))
    assert client.get(f"/office/rounds/{found.pk}/enter/").status_code == 200
    assert client.get(f"/office/rounds/{other.pk}/enter/").status_code == 404


def test_the_leader_sees_exactly_what_is_frozen_and_freezes_that(clock: Any) -> None:
    clock(make.FREEZING)
    found = make.ready()
    leader, address = browser(shared.zhao_min()), f"/office/rounds/{found.pk}/freeze/"

    page = text(leader.get(address, {"seed": make.SEED}))
    for words in ("3号楼加装电梯", "350,000元", "社区食堂", "按票数", "先费用低的"):
        assert words in page
    digest = page.split('name="digest" value="')[1].split('"')[0]
    stale = leader.post(address, {"seed": make.SEED, "digest": "0" * 64, "register": "12000"})
    assert stale.status_code == 412
    answer = leader.post(address, {"seed": make.SEED, "digest": digest, "register": "12000"})

    assert answer.status_code == 302
    assert Round.objects.get().digest == digest
    assert digest in text(browser().get(f"/budget/rounds/{found.pk}/"))
    assert browser(shared.chen_jing()).get(address).status_code == 404


def test_while_the_vote_runs_the_page_tells_how_many_and_not_how(clock: Any) -> None:
    found = make.frozen()
    make.cast(found, make.BALLOTS)
    clock(make.VOTE + make.DAY)

    page = text(browser().get(f"/budget/rounds/{found.pk}/"))

    assert "70人，占有资格的12000人的≈0.5%" in page
    assert "投票期间只公布人数" in page
    assert browser().get(f"/budget/rounds/{found.pk}/results/").status_code == 404


def test_results_say_why_and_compare_the_rules_and_everything_can_be_fetched(clock: Any) -> None:
    found = make.counted()
    clock(make.COUNTING)
    client = browser()

    page = text(client.get(f"/budget/rounds/{found.pk}/results/"))

    for words in ("65人（≈92.8%）", "轮到它时还差 90,000。再多 15 票就能入选。", "按票数 ★", "平等份额", "差15票"):
        assert words in page
    kept = found.results.get()
    assert client.get(f"/budget/results/{kept.pk}/election.pb").content == kept.pabulib()
    assert client.get(f"/budget/results/{kept.pk}/bundle.zip").content[:2] == b"PK"
    assert b"Recount a participatory budget" in client.get("/budget/verify_election.py").content
    assert client.get(f"/budget/rounds/{found.pk}/frozen/").json() == found.frozen
    park = found.proposals.get(code="3")
    assert "再多 15 票就能入选" in text(client.get(f"/budget/proposals/{park.pk}/"))


def test_the_building_site_can_be_followed_to_the_acceptance_and_people_say_how_content_they_are(clock: Any) -> None:
    lift = make.delivered()
    clock(make.DELIVERY + 30 * make.DAY)

    page = text(browser().get(f"/budget/proposals/{lift.pk}/"))
    for words in ("基础施工", "148,500.50元", "150,000元", "已完成验收", "是否通过验收"):
        assert words in page
    client, address = browser(make.wang_fang()), f"/budget/rounds/{lift.round_id}/"
    assert "您满意吗" in text(client.get(address))
    assert client.post(f"{address}answer/", {"grade": "5", "lives_in": make.HOME}).status_code == 302
    assert client.post(f"{address}answer/", {"grade": "1", "lives_in": make.HOME}).status_code == 409
    assert "您已经评价过" in text(client.get(address))


def test_nobody_sees_a_round_that_is_not_published_nor_another_units_desk() -> None:
    found = make.prepared()

    assert browser().get(f"/budget/rounds/{found.pk}/").status_code == 404
    other = shared.people.official("马军", department=shared.people.department("cgj", "六安市城市管理局"))
    assert browser(other).get(f"/office/rounds/{found.pk}/").status_code == 404
    assert browser(other).post(f"/office/rounds/{found.pk}/publish/").status_code == 404
    assert Round.objects.get().state == "PREPARING"


def test_a_clerk_writes_a_round_down_and_an_error_keeps_what_was_typed() -> None:
    desk = browser(shared.chen_jing())
    make.areas.town()
    typed = {
        "title": "中市街道2027年参与式预算", "summary": "街道拿出80万元。", "area": "341502001", "budget": "800000",
        "parts": "适老改造|300000\n公共空间", "criteria": "公共利益\n产权清楚", "repair_days": "7", "form": "knapsack",
        "rule": "equal-shares", "residence": "LIVING", "minimum_age": "16",
        **{f"{kind}_{side}": f"2027-0{n}-{'01' if side == 'from' else '20'} 09:00"
           for n, kind in enumerate(make.WINDOWS, 1) for side in ("from", "to")},
    }  # fmt: skip

    wrong = desk.post("/office/rounds/new/", {**typed, "vote_to": "2027-04-01 08:00"})
    assert wrong.status_code == 400
    assert "街道拿出80万元。" in text(wrong)
    answer = desk.post("/office/rounds/new/", typed)

    assert answer.status_code == 302, text(answer)[:3000]
    made = Round.objects.get()
    assert [(one.name, one.money) for one in made.sections.all()] == [("适老改造", 300000), ("公共空间", None)]
    assert "筹备中" in text(desk.get(answer["Location"]))


@pytest.mark.parametrize("many", [1, 6])
def test_lists_ask_as_often_for_many_rows_as_for_one(many: int) -> None:
    found = make.opened()
    for n in range(many):
        make.support(make.proposal(found, (f"{n}号楼加装电梯", *make.LIFT[1:])))
    client, desk = browser(), browser(shared.chen_jing())
    counts = {}
    for name, who, address in (
        ("round", client, f"/budget/rounds/{found.pk}/"), ("rounds", client, "/budget/"),
        ("office", desk, f"/office/rounds/{found.pk}/"), ("screening", desk, "/office/screening/"),
    ):  # fmt: skip
        who.get(address)
        with CaptureQueriesContext(connection) as asked:
            who.get(address)
        counts[name] = len(asked)

    assert counts == {"round": 13, "rounds": 2, "office": 6, "screening": 2}


def test_programs_read_rounds_proposals_and_results_and_propose_once(clock: Any) -> None:
    found, wang = make.opened(), make.wang_fang()
    counted = make.counted(title="中市街道2025年参与式预算")
    clock(MONDAY)
    client = Client(headers={"Authorization": f"Bearer {make.people.token(wang)}"})
    body = {"title": make.LIFT[0], "problem": make.LIFT[1], "cost": "350000", "place": make.LIFT[3],
            "section": "适老改造", "lives_in": make.HOME}  # fmt: skip
    path, key = f"/api/budget/rounds/{found.pk}/proposals", {"Idempotency-Key": "only-once-please"}

    first = client.post(path, body, content_type="application/json", headers=key)
    again = client.post(path, body, content_type="application/json", headers=key)

    assert (first.status_code, again.status_code, first.content) == (201, 201, again.content), first.content
    assert Proposal.objects.filter(round=found).count() == 1
    made = first.json()
    assert (made["code"], made["cost"], made["state"], made["supports"]) == ("1", "350000.00", "PROPOSED", 0)
    assert "author" not in made
    reader = Client()
    assert [one["id"] for one in reader.get("/api/budget/rounds").json()] == [counted.pk, found.pk]
    assert [one["kind"] for one in reader.get(f"/api/budget/rounds/{found.pk}").json()["phases"]] == list(make.WINDOWS)
    assert reader.get(path).json() == [made]
    assert reader.get(f"/api/budget/proposals/{made['id']}").json() == made
    (kept,) = reader.get(f"/api/budget/rounds/{counted.pk}/results").json()
    assert (kept["funded"], kept["represented"]) == (["1", "2"], 65)
    wrong = client.post(path, {**body, "section": "没有的"}, content_type="application/json",
                        headers={"Idempotency-Key": "another-key"})  # fmt: skip
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (400, "/section")


def test_the_demonstration_shows_the_articles_example_and_says_that_it_is_invented() -> None:
    make.areas.town()
    make.areas.county()
    people.department("jaq", "六安市金安区人民政府")
    create_demonstration_accounts(at=now())

    assert [create_demonstration_rounds(at=now()), create_demonstration_rounds(at=now())] == [3, 0]

    past = Round.objects.get(title=PAST)
    funded = past.proposals.filter(state="DELIVERED")
    assert (funded.count(), sum(one.cost for one in funded)) == (5, 3_000_000)
    assert past.satisfaction() == (250, 230)
    page = text(browser().get(f"/budget/rounds/{past.pk}/"))
    for words in ("92%（250人回答，230人满意）", "示范数据", "老旧小区加装电梯", "社区食堂建设", "3,000,000元"):
        assert words in page
    assert set(Round.objects.values_list("state", "is_demonstration")) == {
        ("CLOSED", True), ("OPEN", True), ("FROZEN", True),
    }  # fmt: skip


def test_the_head_prolongs_a_phase_with_a_reason_that_everybody_reads_and_not_into_the_vote(clock: Any) -> None:
    found = make.opened()
    clock(MONDAY)
    leader, address = browser(shared.zhao_min()), f"/office/rounds/{found.pk}/extend/"
    later = {"phase": "cocreation", "closes_at": (found.phases()[2].closes_at + make.DAY).isoformat()}

    assert leader.post(address, {**later, "reason": ""}).status_code == 400
    into_the_vote = {**later, "closes_at": (make.VOTE + make.DAY).isoformat(), "reason": "汛期停电三天。"}
    assert "不能晚于“投票”开始的时间" in text(leader.post(address, into_the_vote))
    assert leader.post(address, {**later, "reason": "汛期停电三天。"}).status_code == 302

    assert "延长理由：汛期停电三天。" in text(browser().get(f"/budget/rounds/{found.pk}/"))
    ideas = {"phase": "idea", "closes_at": (make.SCREENING + make.DAY).isoformat(), "reason": "汛期停电三天。"}
    assert "两个阶段不能同时允许同一件事" in text(leader.post(address, ideas))
    assert browser(shared.chen_jing()).post(address, {**later, "reason": "再长一点。"}).status_code == 403


def test_what_is_frozen_with_the_ballots_is_not_prolonged_but_the_building_time_is(clock: Any) -> None:
    found = make.frozen()
    clock(make.VOTE)
    leader, address = browser(shared.zhao_min()), f"/office/rounds/{found.pk}/extend/"
    vote, delivery = found.phases()[-2:]

    for phase, status in ((vote, 409), (delivery, 302)):
        typed = {"phase": phase.kind, "closes_at": (phase.closes_at + make.DAY).isoformat(), "reason": "材料晚到。"}
        assert leader.post(address, typed).status_code == status

    assert [one.extensions.count() for one in found.phases()[-2:]] == [0, 1]
    assert found.poll.closes_at == vote.closes_at
