"""Declarations: a model that says nothing, too little or something untrue about persons is named."""

import pytest
from django.db import models
from django.test.utils import isolate_apps

from civic.masking.declarations import faults

COLUMNS = {
    "name_sealed": lambda: models.BinaryField(),
    "name_index": lambda: models.CharField(max_length=64),
    "phone": lambda: models.CharField(max_length=20),
    "title": lambda: models.CharField(max_length=20),
}


def declare(*columns, **personal):
    body = {name: COLUMNS[name]() for name in columns}
    body |= {"__module__": __name__, "Meta": type("Meta", (), {"app_label": "masking"})}
    if personal:
        body["Personal"] = type("Personal", (), personal)
    return type("Folder", (models.Model,), body)


@pytest.mark.parametrize(
    ("columns", "personal", "said"),
    [
        (["title"], {}, "has no `class Personal`"),
        (["title"], {"none": False}, "either `none = True` or `fields`"),
        (["name_sealed"], {"none": True, "fields": {"name_sealed": "name"}}, "either `none = True` or `fields`"),
        (["name_sealed"], {"none": True}, "name_sealed is sealed but not declared"),
        (["title"], {"fields": {"name_sealed": "name"}}, "names name_sealed, which is not a sealed column"),
        (["name_sealed"], {"fields": {"name_sealed": "shoe_size"}}, "unknown kind 'shoe_size'"),
        (["phone"], {"none": True}, "phone looks like a personal value in the clear"),
        (["name_index"], {"none": True}, "name_index is the look-up of nothing"),
    ],
)
@isolate_apps("civic.masking")
def test_each_fault_is_named(columns, personal, said):
    found = faults([declare(*columns, **personal)])

    assert len(found) == 1
    assert said in found[0]


@pytest.mark.parametrize(
    ("columns", "personal"),
    [
        (["title"], {"none": True}),
        (["name_sealed", "name_index"], {"fields": {"name_sealed": "name"}}),
        (["phone"], {"none": True, "public": ("phone",)}),
    ],
)
@isolate_apps("civic.masking")
def test_a_true_declaration_has_no_fault(columns, personal):
    assert faults([declare(*columns, **personal)]) == []
