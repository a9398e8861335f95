"""Hot topics: one matter is one topic, heat counts people, a name says place and problem."""

from datetime import datetime

from civic.hotline.text.linkage import clusters
from civic.hotline.text.names import topic_name
from civic.hotline.text.places import places, shared_place
from civic.hotline.text.topics import Voice, people, topics

PLANT = [
    ("丁香新城旁搅拌站夜间噪音扰民", "A市A2区丁香新城旁边的搅拌站每天凌晨施工，噪音很大，灰尘也多，请求搬迁搅拌站。"),
    ("A2区丁香新城附近的搅拌站噪音和粉尘污染严重", "丁香新城旁的搅拌站粉尘污染严重，夜间噪音扰民，请查处搅拌站。"),
    ("请求搬迁丁香新城门口的搅拌站", "丁香新城门口的搅拌站噪音扰民，粉尘飘到阳台，搅拌站夜间仍在施工，请尽快搬迁。"),
]
BUS = [
    ("希望延长216路公交车的末班时间", "A3区216路公交车末班太早，下班后没有公交车可坐，希望公交公司延长末班时间。"),
    ("A3区216路公交车末班车时间太早", "216路公交车末班时间为晚上七点，下班后坐不到公交车，建议延长末班时间。"),
]


def voice(number: int, user: str, text: tuple[str, str], *, likes: int = 0) -> Voice:
    return Voice(str(number), user, datetime(2026, 3, number), *text, likes)


def test_messages_about_one_matter_are_one_topic_and_the_hottest_comes_first() -> None:
    voices = [
        voice(1, "王芳", PLANT[0]),
        voice(2, "李强", BUS[0], likes=9),
        voice(3, "孙浩", PLANT[1], likes=3),
        voice(4, "赵敏", BUS[1]),
        voice(5, "周杰", PLANT[2]),
    ]

    found = topics(voices)

    assert [(topic.ids, topic.people) for topic in found] == [(("2", "4"), 11), (("1", "3", "5"), 6)]
    assert found[1].place == "A2区丁香新城"
    assert "丁香新城" in found[1].name and "搅拌站" in found[1].name
    assert (found[1].start.day, found[1].end.day) == (1, 5)


def test_who_writes_again_counts_once_and_the_likes_of_all_messages_count_as_those_of_the_most_liked() -> None:
    again = [voice(1, "王芳", PLANT[0], likes=4), voice(2, "王芳", PLANT[1], likes=7), voice(3, "王芳", PLANT[2])]

    assert people(again) == 1 + 7
    assert people([*again, voice(4, "孙浩", PLANT[0], likes=2)]) == 2 + 7 + 2


def test_messages_without_an_author_count_as_one_person_each() -> None:
    assert people([voice(1, "", PLANT[0]), voice(2, "", PLANT[1])]) == 2


def test_nothing_makes_no_topic() -> None:
    assert topics([]) == []


def test_a_chain_of_neighbours_does_not_become_one_topic() -> None:
    chain = [(0, 1, 0.9), (1, 2, 0.6), (2, 3, 0.9)]

    assert clusters(4, chain, least=0.3) == [[0, 1], [2, 3]]
    assert clusters(4, [*chain, (0, 2, 0.5), (1, 3, 0.5), (0, 3, 0.5)], least=0.3) == [[0, 1, 2, 3]]


def test_one_matter_in_two_wordings_is_joined_by_what_lies_between_them() -> None:
    halves = [(0, 1, 0.3), (2, 3, 0.3)]
    between = [(one, other, 0.25) for one in (0, 1) for other in (2, 3)]

    assert clusters(4, [*halves, *between], least=0.28) == [[0, 1], [2, 3]]
    assert clusters(4, [*halves, *between], least=0.28, kin=0.37) == [[0, 1, 2, 3]]
    assert clusters(4, [*halves, *between], least=0.28, kin=0.39) == [[0, 1], [2, 3]]


def test_places_are_cut_out_of_the_words_around_them() -> None:
    assert places("反映A3区郝家坪小学什么时候能改扩建？") == ["郝家坪小学"]
    assert places("关于月亮岛路沿线的问题") == ["月亮岛路"]
    assert places("路灯坏了，农村的公路") == []


def test_a_shared_place_stands_in_at_least_half_of_the_messages() -> None:
    titles = ["A2区丁香新城停水", "丁香新城物业", "公交站"]

    assert shared_place(titles, titles) == "丁香新城"
    assert shared_place(["停水", "停电"], ["停水", "停电"]) == ""


def test_a_topic_is_named_without_the_words_of_asking() -> None:
    assert topic_name(["关于反映A3区郝家坪小学扩建的问题"], "A3区郝家坪小学") == "A3区郝家坪小学扩建"
    assert topic_name(["投诉物业乱收费！"], "A2区丁香新城") == "A2区丁香新城：物业乱收费"
