"""Invented voters: two camps about the lift of an old house, and people who answer everything alike."""

from civic.consultation.rules.counting import AGREE, DISAGREE, PASS

TOPICS = [str(at) for at in range(10)]  # 0-3: for the lift; 4-7: against it; 8: all agree; 9: all disagree
FOR = [AGREE] * 4 + [DISAGREE] * 4 + [AGREE, DISAGREE]
AGAINST = [DISAGREE] * 4 + [AGREE] * 4 + [AGREE, DISAGREE]

Standing = dict[tuple[str, str], int]


def camp(name: str, people: int, answers: list[int]) -> Standing:
    """Return the votes of so many people of one camp; each passes on one of the first eight, in turn."""
    return {
        (f"{name}{person}", topic): PASS if at == person % 8 else answers[at]
        for person in range(people)
        for at, topic in enumerate(TOPICS)
    }


def everywhere(name: str, people: int, answer: int) -> Standing:
    """Return the votes of people who answer everything alike."""
    return {(f"{name}{person}", topic): answer for person in range(people) for topic in TOPICS}


def two_camps(*, upper: int = 32, lower: int = 24) -> Standing:
    """Return who lives high and wants the lift, and who lives low and does not."""
    return camp("upper", upper, FOR) | camp("lower", lower, AGAINST)
