"""Foreign keys stand on the same floors as imports: they point down, or stay in the room."""

from tests.architecture.sources import floors, our_models, room_of


def test_every_relation_points_down_or_stays_in_its_room() -> None:
    height = floors()
    upward = [
        f"{model._meta.label}.{field.name} -> {field.related_model._meta.label}"
        for model in our_models()
        for field in model._meta.get_fields()
        if field.is_relation and field.concrete and field.related_model.__module__.startswith("civic.")
        for here, there in [(room_of(model.__module__), room_of(field.related_model.__module__))]
        if here != there and height[there] >= height[here]
    ]

    assert upward == []


def test_the_ledger_has_no_relations() -> None:
    related = [
        f"{model._meta.label}.{field.name}"
        for model in our_models()
        if model._meta.app_label == "audit"
        for field in model._meta.get_fields()
        if field.is_relation and field.related_model._meta.app_label != "audit"
    ]

    assert related == []
