"""The pages of a draw: upload with errors by line, commitment, draw, answers; and what the public can check."""

import csv
import io
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.html import escape

from civic.participation.models import Seat, Sortition
from tests.factories import accounts as people
from tests.factories import participation as make
from tests.factories.participation import SEED

pytestmark = pytest.mark.django_db
TYPED = {"title": "评审小组居民成员", "purpose": "评审今年的参与式预算项目。", "size": "8"}


def browser(account: object = None) -> Client:
    client = Client()
    if account is not None:
        client.force_login(account)  # type: ignore[arg-type]
    return client


def upload(client: Client, content: bytes = make.REGISTER, **changes: str) -> object:
    file = SimpleUploadedFile("名册.csv", content, content_type="text/csv")
    return client.post("/office/sortitions/new/", {**TYPED, "register": file, **changes})


def text(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined]


def test_a_handler_uploads_a_register_and_sees_the_seats_of_each_stratum() -> None:
    clerk = browser(make.chen_jing())

    answer = upload(clerk)

    made = Sortition.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/office/sortitions/{made.pk}/")
    page = text(clerk.get(answer["Location"]))
    assert "名册已核对，没有错误" in page
    assert "金安区 / 女" in page
    assert made.register_sha256 in page
    assert "导入名册的人不能再定种子" not in page  # a handler is told that the head of the unit does it
    assert "只有组织单位的负责人可以进行这一步" in page
    assert "评审小组居民成员" in text(clerk.get("/office/sortitions/"))


def test_wrong_lines_are_listed_what_was_typed_stays_and_nothing_is_kept() -> None:
    clerk = browser(make.chen_jing())

    answer = upload(clerk, b"id,area\n1,x\n1,y\n,z\n3\n")

    page = text(answer)
    assert answer.status_code == 400
    for words in ("第3行：编号 1 与第2行重复", "第4行：编号是空的", "第5行：有1格，表头有2格"):
        assert words in page
    assert TYPED["purpose"] in page
    assert not Sortition.objects.exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"size": ""}, "请填写要抽取的人数"),
        ({"size": "9999999999999"}, "请填写要抽取的人数"),
        ({"size": "41"}, "1至名册总人数40"),
        ({"title": ""}, "请写4至80字"),
        ({"by": "age_band"}, "名册没有 age_band 列"),
    ],
)
def test_a_form_with_an_error_says_what_to_do(changes: dict[str, str], words: str) -> None:
    answer = upload(browser(make.chen_jing()), **changes)

    assert (answer.status_code, words in text(answer)) == (400, True)
    assert not Sortition.objects.exists()


def test_no_file_a_file_that_is_no_text_and_one_that_is_too_large_are_refused() -> None:
    clerk = browser(make.chen_jing())

    without = clerk.post("/office/sortitions/new/", TYPED)
    garbage = upload(clerk, bytes(range(256)) * 40_000)
    large = upload(clerk, b"id,area\n" + b"1,x\n" * 2_700_000)

    assert "请选择名册文件" in text(without)
    assert "第1行不是UTF-8" in text(garbage) or "第2行不是UTF-8" in text(garbage)
    assert "名册超过10 MB" in text(large)
    assert [one.status_code for one in (without, garbage, large)] == [400, 400, 400]


def test_a_draw_from_commitment_to_replacement_through_the_pages() -> None:
    made = make.sortition()
    base = f"/office/sortitions/{made.pk}/"
    leader, clerk = browser(make.zhao_min()), browser(make.chen_jing())
    assert browser().get(f"/sortitions/{made.pk}/").status_code == 404

    short = leader.post(base + "commit/", {"seed": "太短", "seen": made.version, "door": "commit"})
    assert (short.status_code, "种子应有20至200个字符" in text(short)) == (400, True)
    assert leader.post(base + "commit/", {"seed": SEED, "seen": made.version}).status_code == 302
    public = text(browser().get(f"/sortitions/{made.pk}/"))
    made.refresh_from_db()
    assert made.commitment in public
    assert escape(SEED) not in public
    wrong = leader.post(base + "draw/", {"seed": SEED + "！", "seen": made.version, "door": "draw"})
    assert (wrong.status_code, "逐字核对" in text(wrong)) == (409, True)
    assert leader.post(base + "draw/", {"seed": SEED, "seen": made.version}).status_code == 302
    first = made.seats.listed()[0]
    told = clerk.post(f"/office/seats/{first.pk}/decline/", {"seen": first.version}, follow=True)

    called = Seat.objects.get(replaces=first)
    assert f"{first.number} 已谢绝，由 {called.number} 递补" in text(told)
    public = text(browser().get(f"/sortitions/{made.pk}/"))
    assert SEED in public
    assert "等待答复8人，谢绝1人，递补1人" in public
    assert not [seat.number for seat in made.seats.all() if f">{seat.number}<" in public]
    assert leader.post(base + "commit/", {"seed": SEED, "seen": 1}).status_code == 412


def test_anybody_downloads_an_open_register_and_comes_to_the_published_list_with_the_command_of_the_page(
    tmp_path: Path,
) -> None:
    made = make.drawn(is_open=True)
    anybody = browser()

    page = text(anybody.get(f"/sortitions/{made.pk}/"))
    (tmp_path / "verify_draw.py").write_bytes(anybody.get("/sortitions/verify_draw.py").content)
    for name in ("register", "list"):
        (tmp_path / f"sortition-{made.pk}-{name}.csv").write_bytes(
            anybody.get(f"/sortitions/{made.pk}/{name}/").content
        )

    command = f"python3 verify_draw.py --seed {SEED!r} --size 8 --by area,sex"
    assert escape(command).replace("&#x27;", "&#39;") in page
    arguments = ["--seed", SEED, "--size", "8", "--by", "area,sex"]
    files = [f"sortition-{made.pk}-{name}.csv" for name in ("register", "list")]
    done = subprocess.run(
        [sys.executable, "verify_draw.py", *arguments, *files],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "与公布的名单一致" in done.stdout
    assert made.commitment in done.stdout
    rows = list(csv.DictReader(io.StringIO((tmp_path / files[1]).read_text(encoding="utf-8"))))
    assert [row["rank"] for row in rows if row["area"] == "金安区" and row["sex"] == "女"] == [
        "1", "2", *map(str, range(1, 9)),
    ]  # fmt: skip


def test_a_register_that_is_not_open_and_a_list_before_the_draw_are_not_there() -> None:
    closed, waiting = make.drawn(), make.committed(title="另一次抽选", is_open=True)
    anybody = browser()

    assert anybody.get(f"/sortitions/{closed.pk}/register/").status_code == 404
    assert anybody.get(f"/sortitions/{closed.pk}/list/").status_code == 404
    assert anybody.get(f"/sortitions/{waiting.pk}/list/").status_code == 404
    assert f'href="/sortitions/{waiting.pk}/register/"' in text(anybody.get(f"/sortitions/{waiting.pk}/"))
    assert anybody.get(f"/sortitions/{waiting.pk}/register/").content == make.REGISTER
    assert "名册不公开" in text(anybody.get(f"/sortitions/{closed.pk}/"))


def test_few_people_of_a_stratum_are_not_counted_in_public() -> None:
    made = make.committed(make.register(people_each=3), size=4)

    page = text(browser().get(f"/sortitions/{made.pk}/"))

    assert page.count("少于5") == 4


def test_a_cancelled_draw_tells_its_reason_and_gives_no_files() -> None:
    made = make.committed(is_open=True)
    leader = browser(make.zhao_min())

    leader.post(f"/office/sortitions/{made.pk}/cancel/", {"reason": "名册漏了两个社区。", "seen": made.version})

    page = text(browser().get(f"/sortitions/{made.pk}/"))
    assert "名册漏了两个社区。" in page
    assert browser().get(f"/sortitions/{made.pk}/register/").status_code == 404


def test_another_unit_and_residents_find_nothing_in_the_office() -> None:
    seat = make.seat()
    path = f"/office/sortitions/{seat.sortition_id}/"
    stranger = browser(people.official("周建", roles=("unit_leader",)))

    assert stranger.get(path).status_code == 404
    assert stranger.post(path + "close/").status_code == 404
    assert stranger.post(f"/office/seats/{seat.pk}/decline/").status_code == 404
    assert browser(people.resident()).get(path).status_code == 404
    seat.refresh_from_db()
    assert (seat.state, Sortition.objects.get().state) == ("INVITED", "DRAWN")


def test_a_step_that_does_not_exist_changes_nothing() -> None:
    made = make.sortition()
    answer = browser(make.zhao_min()).post(f"/office/sortitions/{made.pk}/burn/")

    assert answer.status_code == 409
    assert Sortition.objects.get().state == "PREPARED"


@pytest.mark.parametrize("path", ["/sortitions/", "/office/sortitions/"])
def test_lists_ask_the_database_as_often_for_many_as_for_one(path: str, django_assert_max_num_queries: object) -> None:
    for n in range(3):
        make.committed(title=f"第{n}次抽选")
    clerk = browser(make.chen_jing())
    clerk.get(path)

    with django_assert_max_num_queries(9):  # type: ignore[operator]
        page = clerk.get(path)
    assert "第2次抽选" in text(page)


def test_the_list_of_a_draw_asks_as_often_for_a_hundred_seats_as_for_four(
    django_assert_max_num_queries: object,
) -> None:
    made = make.drawn(make.register(people_each=40), size=100)
    clerk = browser(make.chen_jing())

    with django_assert_max_num_queries(11):  # type: ignore[operator]
        page = clerk.get(f"/office/sortitions/{made.pk}/")

    assert text(page).count("/decline/") == 100


def test_the_doors_read_the_clock_and_a_draw_right_after_the_commitment_is_later_than_it() -> None:
    made = make.sortition()
    leader = browser(make.zhao_min())
    for name in ("commit", "draw"):
        leader.post(f"/office/sortitions/{made.pk}/{name}/", {"seed": SEED})

    made.refresh_from_db()
    assert made.state == "DRAWN"
    assert timedelta(0) < made.drawn_at - made.committed_at < timedelta(minutes=1)
