"""Every model of the platform says what of it is personal, and says the truth."""

from django.apps import apps

from civic.masking.declarations import faults


def test_every_model_declares_its_personal_fields():
    ours = [model for model in apps.get_models() if model.__module__.startswith("civic.")]

    assert ours
    assert faults(ours) == []
