"""Valid calls of the doors of a consultation's outcome, with everything they need made before."""

from collections.abc import Callable
from typing import Any

from tests.chaos.outcome_seed import Outcome, outcome_of
from tests.chaos.world import World

Call = Callable[[], Any]
REPLY = {"verdict": "NOT", "reason": "与上位法的规定不一致，不能这样写。"}


def desk(
    path: Callable[[Outcome], str], body: dict[str, Any] | Callable[[Outcome], dict[str, Any]]
) -> Callable[[World], Call]:
    """Return a call of a leader of the land bureau."""

    def prepare(world: World) -> Call:
        found = outcome_of(world)
        address, fields = path(found), body(found) if callable(body) else body
        client = world.page(found.leader)
        return lambda: client.post(address, fields)

    return prepare


def resident(path: Callable[[Outcome], str], body: dict[str, Any]) -> Callable[[World], Call]:
    """Return a call of 王芳's."""

    def prepare(world: World) -> Call:
        address, client = path(outcome_of(world)), world.page(world.wang)
        return lambda: client.post(address, body)

    return prepare


OUTCOME: dict[str, Callable[[World], Call]] = {
    "POST /consultations/statements/<uuid:handle>/vote/": resident(
        lambda it: f"/consultations/statements/{it.statement.handle}/vote/", {"choice": "1"}
    ),
    "POST /consultations/statements/<uuid:handle>/appeal/": resident(
        lambda it: f"/consultations/statements/{it.held.handle}/appeal/", {"words": "草案第三条就写了这件事。"}
    ),
    "POST /consultations/<int:pk>/statements/new/": resident(
        lambda it: f"/consultations/{it.asked.pk}/statements/new/", {"words": "邻居不同意的，应当先调解。"}
    ),
    "POST /office/consultations/<int:pk>/themes/new/": desk(
        lambda it: f"/office/consultations/{it.asked.pk}/themes/new/",
        lambda it: {"title": "面积", "opinion": [it.opinions[0].pk]},
    ),
    "POST /office/themes/<int:pk>/<slug:name>/": desk(lambda it: f"/office/themes/{it.theme.pk}/draft/", REPLY),
    "POST /office/consultations/<int:pk>/statements/new/": desk(
        lambda it: f"/office/consultations/{it.asked.pk}/statements/new/", {"words": "宅基地面积应当按人口算。"}
    ),
    "POST /office/statements/<int:pk>/<slug:name>/": desk(
        lambda it: f"/office/statements/{it.statement.pk}/hold_back/", {"ground": "OFF_TOPIC", "words": "与草案无关。"}
    ),
    "POST /office/consultations/<int:pk>/outcome/<slug:name>/": desk(
        lambda it: f"/office/consultations/{it.concluded().pk}/outcome/settle/", {}
    ),
    "POST /office/follow-ups/<int:pk>/tell/": desk(
        lambda it: f"/office/follow-ups/{it.follow_up().pk}/tell/", {"words": "养护资金已列入今年预算。"}
    ),
}
