"""Divisions for tests."""

from civic.areas.models import Area


def city() -> Area:
    """The city of Lu'an."""
    return Area.objects.get_or_create(
        code="341500", defaults={"name": "六安市", "name_en": "Lu'an City", "level": "CITY"}
    )[0]


def county(code: str = "341502", name: str = "金安区") -> Area:
    """One of its counties and districts."""
    return Area.objects.get_or_create(code=code, defaults={"name": name, "level": "COUNTY", "parent": city()})[0]


def town(code: str = "341502001", name: str = "中市街道") -> Area:
    """A street or town, with the county it belongs to."""
    above = county(code[:6]) if code[:6] == "341502" else county(code[:6], code[:6])
    return Area.objects.get_or_create(code=code, defaults={"name": name, "level": "TOWN", "parent": above})[0]
