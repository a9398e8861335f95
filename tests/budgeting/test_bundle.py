"""The audit bundle: a citizen's script recounts it, and finds any change."""

import json
import random
import re
import runpy
import subprocess
import sys
import warnings
import zipfile
from collections.abc import Callable
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

import pytest
from django.conf import settings

from civic.budgeting import pabulib
from civic.budgeting.bundle import BadBundle, Frozen, Item, Paper, bundle, canonical
from civic.budgeting.rules import RULES, Ties, count

SCRIPT = settings.ROOT / "tools" / "verify_election.py"
VERIFY: Callable[[dict[str, bytes]], tuple[str, str]] = runpy.run_path(str(SCRIPT))["verify"]
ITEMS = (
    Item("lift", "加装电梯", Decimal(1_200)),
    Item("park", "口袋公园", Decimal("800.50")),
    Item("lamp", "路灯；“平安路”", Decimal(300)),
    Item("shed", "充电车棚", Decimal(450)),
    Item("hall", "邻里食堂", Decimal(900)),
)
LIMITS = {
    "approval": {"min_length": "1", "max_length": "4"},
    "choose-1": {},
    "ordinal": {"max_length": "5"},
    "cumulative": {"max_sum_points": "10"},
    "scoring": {"max_length": "5"},
}


def frozen(rule: str = "equal-shares", vote_type: str = "approval", **changes: object) -> Frozen:
    given = {"title": "2026 年参与式预算", "budget": Decimal(3_000), "items": ITEMS, "limits": LIMITS[vote_type]}
    return Frozen(rule=rule, vote_type=vote_type, **{**given, **changes})  # type: ignore[arg-type]


def papers(vote_type: str, number: int, seed: int = 5) -> list[Paper]:
    draw = random.Random(seed)
    return [_paper(vote_type, draw) for _ in range(number)]


def _paper(vote_type: str, draw: random.Random) -> Paper:
    most = 1 if vote_type == "choose-1" else 4
    names = draw.sample([item.id for item in ITEMS], draw.randint(1, most))
    points = tuple(draw.randint(0, 2) for _ in names) if vote_type in ("cumulative", "scoring") else ()
    return Paper(f"{draw.getrandbits(64):016x}", tuple(names), points)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("vote_type", LIMITS)
def test_the_script_agrees_with_the_count_of_every_rule_and_ballot(rule: str, vote_type: str) -> None:
    for seed in range(6):
        files = bundle(frozen(rule, vote_type), papers(vote_type, 40, seed), eligible=100)

        own_hash, seal = VERIFY(files)

        assert json.loads(files["ballot.json"])["hash"] == own_hash
        assert json.loads(files["proofs.json"])["seal"] == seal


@pytest.mark.parametrize("rule", RULES)
def test_the_script_ends_ties_by_the_lot_and_keeps_the_threshold(rule: str) -> None:
    lot = Ties(("lot",), ("hall", "shed", "lamp", "park", "lift"))
    same_cost = tuple(Item(item.id, item.name, Decimal(1_000)) for item in ITEMS)
    every_one = [Paper(f"{place:04}", (item.id,)) for place, item in enumerate(ITEMS) for place in (place, place + 50)]
    made = bundle(frozen(rule, items=same_cost, ties=lot), every_one, eligible=10)
    none = bundle(frozen(rule, items=same_cost, ties=lot, threshold=3), every_one, eligible=10)

    VERIFY(made)
    VERIFY(none)

    assert json.loads(made["result.json"])["winners"] == ["hall", "shed", "lamp"]
    assert json.loads(none["result.json"])["winners"] == []


def test_the_pabulib_file_of_a_bundle_is_the_same_election() -> None:
    cast = papers("cumulative", 200)
    files = bundle(frozen("equal-shares", "cumulative"), cast, eligible=500)

    reading = pabulib.read(files["election.pb"])

    assert reading.findings == ()
    assert pabulib.write(reading.tables) == files["election.pb"]
    assert count(reading.election, "equal-shares").winners == json.loads(files["result.json"])["winners"]


def test_a_bundle_does_not_tell_in_which_order_ballots_came() -> None:
    cast = papers("approval", 50)

    assert bundle(frozen(), cast, eligible=50) == bundle(frozen(), cast[::-1], eligible=50)


def change(files: dict[str, bytes], draw: random.Random) -> tuple[str, dict[str, bytes]]:
    """Return the bundle with one random change in one file, and what was done."""
    name = draw.choice(sorted(files))
    content = files[name]
    lines = content.split(b"\n")
    at, other = draw.randrange(len(content)), draw.randrange(len(lines) - 1)
    kind = draw.choice(("flip", "drop", "insert", "line gone", "line twice", "lines swapped", "digit", "cut"))
    if kind == "flip":
        changed = content[:at] + bytes([content[at] ^ 1 << draw.randrange(8)]) + content[at + 1 :]
    elif kind == "drop":
        changed = content[:at] + content[at + 1 :]
    elif kind == "insert":
        changed = content[:at] + bytes([draw.randrange(32, 127)]) + content[at:]
    elif kind == "line gone":
        changed = b"\n".join(lines[:other] + lines[other + 1 :])
    elif kind == "line twice":
        changed = b"\n".join(lines[: other + 1] + lines[other:])
    elif kind == "lines swapped":
        second = draw.randrange(len(lines))
        lines[other], lines[second] = lines[second], lines[other]
        changed = b"\n".join(lines)
    elif kind == "digit":
        digits = [place for place, byte in enumerate(content) if 48 <= byte < 58]
        place = draw.choice(digits)
        changed = content[:place] + str((content[place] - 47) % 10).encode() + content[place + 1 :]
    else:
        changed = content[:at]
    return f"{kind} at {at} of {name}", {**files, name: changed}


def is_found(files: dict[str, bytes]) -> bool:
    try:
        VERIFY(files)
    except (SystemExit, ValueError, LookupError, TypeError, AttributeError, ArithmeticError):
        return True
    return False


def test_a_thousand_random_changes_are_all_found(capsys: pytest.CaptureFixture[str]) -> None:
    draw = random.Random(2026)
    files = bundle(frozen(), papers("approval", 60), eligible=100)
    tries = [change(files, draw) for _ in range(1_100)]
    real = [(words, changed) for words, changed in tries if changed != files][:1_000]

    missed = [words for words, changed in real if not is_found(changed)]

    assert (len(real), missed) == (1_000, [])


def resealed(files: dict[str, bytes], name: str, content: bytes) -> dict[str, bytes]:
    """Return a bundle whose seal fits the changed file, as a forger would write it."""
    made = {**files, name: content}
    hashes = {one: sha256(made[one]).hexdigest() for one in files if one != "proofs.json"}
    proofs = json.loads(files["proofs.json"]) | {"files": hashes, "seal": sha256(canonical(hashes)).hexdigest()}
    return made | {"proofs.json": canonical(proofs)}


def refrozen(files: dict[str, bytes], **changes: object) -> dict[str, bytes]:
    """Return a bundle with other frozen words under a hash that fits, and the result said to be of the same rule."""
    content = {key: value for key, value in json.loads(files["ballot.json"]).items() if key != "hash"} | changes
    made = canonical({**content, "hash": sha256(canonical(content)).hexdigest()})
    result = canonical(json.loads(files["result.json"]) | {"rule": content["rule"]})
    election = files["election.pb"].replace(b"\nrule;greedy\n", f"\nrule;{content['rule']}\n".encode())
    changed = {"ballot.json": made, "result.json": result, "election.pb": election}
    for name, one in changed.items():
        files = resealed(files, name, one)
    return files


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("ballot.json", b'{"budget":', b'{"budget":"999999.00","budget":'),
        ("register.json", b'{"eligible":', b'{"eligible":5000,"eligible":'),
    ],
)
def test_a_file_that_shows_a_reader_other_words_than_the_script_is_found(name: str, old: bytes, new: bytes) -> None:
    files = bundle(frozen("greedy"), papers("approval", 60), eligible=100)

    with pytest.raises(SystemExit):
        VERIFY(resealed(files, name, files[name].replace(old, new, 1)))


@pytest.mark.parametrize(
    "changes",
    [{"rule": "equal_shares"}, {"version": "99"}, {"vote_type": "vetoes"}, {"limits": {"max_sum": "5"}}],
    ids=lambda changes: next(iter(changes)),
)
def test_what_the_script_does_not_know_it_names_and_does_not_guess(changes: dict[str, object]) -> None:
    files = bundle(frozen("greedy", limits={}), papers("approval", 60), eligible=100)
    VERIFY(refrozen(files))

    with pytest.raises(SystemExit, match=r"not known to this script: (equal_shares|99|vetoes|max_sum)"):
        VERIFY(refrozen(files, **changes))


def test_a_limit_of_one_projects_points_is_kept() -> None:
    within = Paper("a", ("lift", "park"), (5, 1))
    rules = frozen("greedy", "cumulative", limits={"min_points": "1", "max_points": "5"})
    files = bundle(rules, [within], eligible=100)
    VERIFY(files)
    over = refrozen(files, limits={"min_points": "2", "max_points": "5"})

    with pytest.raises(SystemExit, match="breaks the limit min_points"):
        VERIFY(over)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"items": (Item("lift", "加装电梯", Decimal("10.005")),)}, "“lift”的费用 10.005"),
        ({"items": (Item("lift", "加装电梯", Decimal("0.004")),)}, "“lift”的费用 0.004"),
        ({"items": (ITEMS[0], ITEMS[0])}, "“lift”出现了两次"),
        ({"items": (Item("a;b", "加装电梯", Decimal(1)),)}, "“a;b”"),
        ({"budget": Decimal("NaN")}, "预算 NaN"),
        ({"budget": Decimal(0)}, "预算 0"),
        ({"limits": {"max_sum": "5"}}, "max_sum"),
        ({"limits": {"max_length": "1e9"}}, "1e9"),
        ({"rule": "equal_shares"}, "equal_shares"),
    ],
)
def test_what_could_not_be_recounted_is_refused_when_it_is_frozen(changes: dict[str, object], words: str) -> None:
    with pytest.raises(BadBundle, match=re.escape(words)):
        frozen(**changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "paper",
    [
        Paper("b", ("lift", "lift")),
        Paper("b", ("pool",)),
        Paper("b", ("lift", "park", "lamp", "shed", "hall")),
        Paper("b", ()),
        Paper("b", ("lift",), (1,)),
        Paper("b;lift", ("lift",)),
        Paper("a", ("park",)),
    ],
    ids=["twice", "unknown", "too long", "too short", "points", "serial", "serial twice"],
)
def test_a_ballot_that_the_script_would_refuse_is_named_by_its_serial(paper: Paper) -> None:
    with pytest.raises(BadBundle, match=f"选票“{paper.serial}”"):
        bundle(frozen(), [Paper("a", ("lift",)), paper], eligible=100)


def test_more_ballots_than_voters_are_refused() -> None:
    with pytest.raises(BadBundle, match="选票 2 张，多于名册上的 1 人"):
        bundle(frozen(), [Paper("a", ("lift",)), Paper("b", ("lift",))], eligible=1)


@pytest.mark.parametrize("line", ["a;lift,;1", "a;lift;1_0", "a;lift;１", "a;lift; 1", "a;lift;+1", "a;lift;-0"])
def test_a_ballot_written_otherwise_is_no_ballot(line: str) -> None:
    read_ballot = runpy.run_path(str(SCRIPT))["read_ballot"]
    rules = {"vote_type": "scoring", "limits": {}}
    assert read_ballot("a;lift;1", {"lift": 1}, rules) == ("a", ["lift"], [1])

    with pytest.raises(SystemExit):
        read_ballot(line, {"lift": 1}, rules)


def test_an_archive_in_which_a_file_stands_twice_is_refused(tmp_path: Path) -> None:
    files = bundle(frozen(), papers("approval", 60), eligible=100)
    with zipfile.ZipFile(tmp_path / "bundle.zip", "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, content in [("result.json", b"{}"), *files.items()]:
            archive.writestr(name, content)

    status, words = run(str(tmp_path / "bundle.zip"))

    assert status == 1 and "a name is in it twice" in words


def test_an_archive_that_says_it_unpacks_to_gigabytes_is_not_unpacked(tmp_path: Path) -> None:
    files, place = bundle(frozen(), papers("approval", 60), eligible=100), tmp_path / "bundle.zip"
    with zipfile.ZipFile(place, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    bomb = bytearray(place.read_bytes())
    entry = bomb.index(b"PK\x01\x02")  # the directory's first entry: its size unpacked stands at byte 24
    bomb[entry + 24 : entry + 28] = (2**30).to_bytes(4, "little")
    place.write_bytes(bomb)

    status, words = run(str(place))

    assert status == 1 and "unpacks to too much" in words


def run(*words: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-I", str(SCRIPT), *words], capture_output=True, text=True, encoding="utf-8", check=False
    )
    return done.returncode, done.stdout + done.stderr


def test_the_script_runs_alone_on_a_folder_and_on_an_archive_and_says_what_is_wrong(tmp_path: Path) -> None:
    files = bundle(frozen(), papers("approval", 60), eligible=100)
    with zipfile.ZipFile(tmp_path / "bundle.zip", "w") as archive:
        for name, content in files.items():
            (tmp_path / name).write_bytes(content)
            archive.writestr(name, content)
    own_hash = json.loads(files["ballot.json"])["hash"]

    good = [run(str(tmp_path)), run(str(tmp_path / "bundle.zip"), own_hash)]
    elsewhere = run(str(tmp_path), "0" * 64)
    (tmp_path / "ballots.csv").write_bytes(files["ballots.csv"].replace(b"lift", b"park", 1))
    changed = run(str(tmp_path))
    (tmp_path / "register.json").unlink()
    missing = run(str(tmp_path))
    no_archive = run(str(tmp_path / "ballots.csv"))

    assert [status for status, _ in good] == [0, 0]
    assert all("全部相符" in words and "All checks passed" in words for _, words in good)
    assert elsewhere[0] == 1 and "not what was published elsewhere" in elsewhere[1]
    line = next(number for number, text in enumerate(files["ballots.csv"].split(b"\n"), 1) if b"lift" in text)
    assert changed[0] == 1 and f"ballots.csv 第{line}行被改过 / line {line} was changed" in changed[1]
    assert no_archive[0] == 1 and "a file is missing or damaged" in no_archive[1]
    assert missing[0] == 1 and "register.json" in missing[1]


def test_the_script_needs_the_standard_library_only_and_can_be_read() -> None:
    text = SCRIPT.read_text(encoding="utf-8")
    imported = {line.split()[1].split(".")[0] for line in text.splitlines() if line.startswith(("import ", "from "))}

    assert imported <= sys.stdlib_module_names
    assert text.count("\n") <= 200
