"""Opinions on waste sorting fall into the matters they speak of; every one of them into exactly one."""

from civic.consultation.opinions import themes
from civic.consultation.opinions.themes import proposed_themes

OPINIONS = [
    "建议增加分类指导员，每个小区至少两名", "简化分类标准，四类太复杂", "投放点应当配备分类指导员",
    "分类标准太复杂，老人记不住，请简化", "垃圾分类的标准能不能再简单一点", "大件垃圾预约上门收运要有电话",
    "旧家具等大件垃圾没有地方放，建议预约收运", "罚款太高，首次应当以教育为主", "对个人的罚款应该先警告再罚",
    "希望有指导员教老人怎么分类", "建议增加社区健身设施",
]  # fmt: skip


def test_opinions_on_one_matter_are_proposed_as_one_theme() -> None:
    found = {one.title: sorted(one.members) for one in proposed_themes(OPINIONS)}

    assert sorted(found.values()) == [[0, 2, 9], [1, 3, 4], [5, 6], [7, 8], [10]]
    assert found["增加社区健身设施"] == [10]  # a courtesy (建议) is no matter


def test_every_opinion_stands_in_exactly_one_theme_also_where_most_are_only_compared_with_groups() -> None:
    many = [f"{words}（第{at}次说）" for at in range(40) for words in OPINIONS]

    with_all = proposed_themes(many)
    was, themes.MOST_COMPARED = themes.MOST_COMPARED, 100
    try:
        with_some = proposed_themes(many)
    finally:
        themes.MOST_COMPARED = was

    for found in (with_all, with_some):
        assert sorted(at for one in found for at in one.members) == list(range(440))


def test_what_is_like_nothing_else_stands_alone_and_many_such_opinions_together() -> None:
    twelve = [letter * 6 for letter in "甲乙丙丁戊己庚辛壬癸子丑"]

    assert [one.members for one in proposed_themes(twelve)] == [(at,) for at in range(12)]
    (rest,) = proposed_themes([*twelve, "寅" * 6])
    assert (rest.title, rest.members) == ("", tuple(range(13)))


def test_two_opinions_one_and_none() -> None:
    assert proposed_themes([]) == []
    assert [one.members for one in proposed_themes(["建议增加社区健身设施"])] == [(0,)]
    assert len(proposed_themes(["建议增加社区健身设施", "建议延长公交运营时间"])) == 2
    assert [one.members for one in proposed_themes(["！！！", "？？"])] == [(0, 1)]  # no words at all
