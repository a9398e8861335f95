"""In a process of its own: issues, signs, sets and verifies licences, and prints the rates."""

import json

import django

django.setup()

from bench import licence_speed as speed  # noqa: E402 (the settings first)
from civic.licences.models import Licence, Rendering  # noqa: E402

ISSUED, SIGNED, SET, VERIFIED = 200, 100, 20, 100


def main() -> None:
    """Print rates in licences a second and times in milliseconds."""
    got = {"issue": _rate(speed.issue(ISSUED))}
    made = list(Licence.objects.filter(case__startswith="SPEED").order_by("pk")[:SIGNED])
    got["sign"] = _rate(speed.sign(made))
    got["render"] = _rate(speed.render(made[:SET]))
    for kept in Rendering.objects.filter(licence=made[0]):
        got[kept.form] = _milliseconds(speed.verify(kept.content, VERIFIED))
        got[f"{kept.form}_register"] = _milliseconds(speed.verify_with_register(kept.content, VERIFIED))
    print(json.dumps(got))


def _rate(figure: speed.Figure) -> float:
    count, seconds = figure
    return count / seconds


def _milliseconds(figure: speed.Figure) -> float:
    return 1000 / _rate(figure)


if __name__ == "__main__":
    main()
