"""The map drawn and told: groups differ without colour, the table says the same, nobody and nothing small is in it."""

import json
import random
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np

from civic.consultation.opinions.grouping import Grouping
from civic.consultation.opinions.matrix import Matrix
from civic.consultation.opinions.opinion_map import OpinionMap, Rule, opinion_map
from civic.consultation.opinions.picture import CHINESE, picture, svg
from civic.consultation.opinions.published import published
from civic.consultation.opinions.statements import consensus, counts, kinds
from civic.consultation.rules.counting import Tally
from tests.consultation.voters import TOPICS, Standing, two_camps

BODIES = {topic: f"观点{topic} <b>&" for topic in TOPICS}
SVG = "{http://www.w3.org/2000/svg}"


def drawn(votes: Standing, *, draws: int = 0) -> OpinionMap:
    found = opinion_map(votes, rule=Rule(draws=draws))
    assert isinstance(found, OpinionMap)
    return found


def with_small_group(found: OpinionMap, people: int) -> OpinionMap:
    """Return the map with so many of the second group set apart as a third, who did not answer statement 3."""
    of, votes = found.groups.of.copy(), found.votes.votes.copy()
    of[np.flatnonzero(of == 1)[:people]] = 2
    votes[of == 2, 3] = np.nan
    centres = np.array([found.places[of == group].mean(axis=0) for group in range(3)])
    table = Matrix(found.votes.voters, found.votes.statements, votes)
    of_groups = counts(table, of, 3)
    return replace(
        found, votes=table, groups=Grouping(of, centres, {3: 0.5}), counts=of_groups, consensus=consensus(of_groups),
        typical=(*found.typical, ()),
    )  # fmt: skip


def test_the_picture_is_well_formed_named_and_its_table_says_the_same() -> None:
    found = picture(drawn(two_camps(), draws=5), BODIES)

    root = ElementTree.fromstring(svg(found))
    texts = [text.text for text in root.iter(f"{SVG}text")]
    assert root.get("role") == "img"
    assert root.find(f"{SVG}title") is not None
    assert root.get("aria-labelledby") == "opinion-map-title opinion-map-about"
    assert texts == ["● A组 32人（57%）", "■ B组 24人（43%）", "A", "B"]
    assert [(row.name, row.people, row.share) for row in found.rows] == [("A组", 32, 57), ("B组", 24, 43)]
    assert found.rows[0].typical[0].startswith(("同意：观点", "不同意：观点"))
    assert (
        found.about == "56位参与者按投票相近程度分为2组：A组32人（57%），B组24人（43%）。离得近的人投票相近。分组稳定。"
    )


def test_a_page_in_english_gives_its_own_words() -> None:
    english = replace(CHINESE, title="Opinion map", group="Group {letter}", size="{people} people, {share}%")

    drawing = svg(picture(drawn(two_camps()), {}, english), english)

    assert ">● Group A 32 people, 57%</text>" in drawing and ">Opinion map</title>" in drawing


def test_groups_differ_in_letter_shape_and_line_and_not_in_colour_alone() -> None:
    root = ElementTree.fromstring(svg(picture(drawn(two_camps()), BODIES)))

    shapes = [path.get("d") for path in root.iter(f"{SVG}path")]
    lines = [area.get("stroke-dasharray") for area in root.iter(f"{SVG}ellipse")]
    assert len(set(shapes)) == 2 and len(set(lines)) == 2


def test_no_voter_is_named_and_no_dot_stands_for_fewer_than_five() -> None:
    draw = random.Random(3)
    found = drawn({(f"voter{person}", topic): draw.choice([1, 0, -1]) for person in range(60) for topic in TOPICS})

    told = svg(picture(found, BODIES)) + json.dumps(published(found, {}, BODIES))
    dots = [dot for area in picture(found, BODIES).areas for dot in area.dots]

    assert "voter" not in told
    assert 0 < len(dots) <= 60 // 5
    assert min(dot.radius for dot in dots) >= 3 + 5**0.5 / 1.5  # the radius grows with the people, from five on


def test_a_group_of_four_is_neither_drawn_nor_told_and_cannot_be_worked_out_from_the_others() -> None:
    found = with_small_group(drawn(two_camps()), 4)

    shown, told = picture(found, BODIES), published(found, {}, BODIES)

    assert [area.group for area in shown.areas] == [0, 1] and shown.not_drawn
    assert [(row.people, row.share) for row in shown.rows] == [(None, None)] * 2
    assert shown.about == (
        "56位参与者按投票相近程度分为3组，其中有不足5人的组，不画出，各组人数不公布。离得近的人投票相近。"
    )
    assert [group["people"] for group in told["groups"]] == [None, None]
    assert all(row["agree_by_group"] is None for row in told["statements"])


def test_whatever_a_group_of_four_answers_nothing_that_is_told_changes() -> None:
    found = with_small_group(drawn(two_camps(), draws=5), 4)
    votes = found.votes.votes.copy()
    votes[found.groups.of == 2] *= -1  # each of the four says the opposite of everything
    turned = counts(Matrix(found.votes.voters, found.votes.statements, votes), found.groups.of, 3)
    other = replace(found, counts=turned, consensus=consensus(turned), kinds=kinds(turned))

    assert other.kinds != found.kinds and (other.consensus != found.consensus).any()
    assert published(other, {}, BODIES) == published(found, {}, BODIES)
    assert published(found, {}, BODIES)["statements"][0]["consensus"] is None


def test_a_group_of_five_is_drawn() -> None:
    found = with_small_group(drawn(two_camps()), 5)

    shown = picture(found, BODIES)

    assert [(row.name, row.people) for row in shown.rows] == [("A组", 32), ("B组", 19), ("C组", 5)]
    assert not shown.not_drawn


def test_shares_are_withheld_where_four_of_a_group_answered_and_told_where_nobody_did() -> None:
    votes = two_camps()
    none = {pair: choice for pair, choice in votes.items() if pair[1] != "3" or pair[0].startswith("upper")}
    four = none | {(f"lower{person}", "3"): votes[f"lower{person}", "3"] for person in range(4)}

    def shares(given: Standing) -> list[float] | None:
        rows = published(drawn(given), {}, BODIES)["statements"]
        return next(row["agree_by_group"] for row in rows if row["statement"] == "3")

    withheld = published(drawn(four, draws=3), {}, BODIES)["statements"][-1]
    assert shares(four) is None
    assert [withheld[name] for name in ("statement", "kind", "consensus", "interval")] == ["3", None, None, None]
    assert shares(none) == [round(29 / 34, 2), 0.5]


def test_what_is_published_is_json_with_statements_by_consensus_and_the_counts_of_the_rule() -> None:
    found = drawn(two_camps(), draws=5)

    told = json.loads(json.dumps(published(found, {"8": Tally(56, 0, 0)}, BODIES)))

    first = told["statements"][0]
    assert (first["statement"], first["agrees"], first["kind"]) == ("8", 56, "shared_yes")
    assert first["agree_by_group"] == [0.97, 0.96] and first["consensus"] == 0.93
    low, high = first["interval"]
    assert low <= first["consensus"] <= high
    assert told["stability"] == {"draws": 5, "agreement": 1.0, "stable": True}
    assert (told["participants"], told["placed"], told["one_sided"]) == (56, 56, 0)
