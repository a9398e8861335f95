"""One world: a city's people in all departments' registers, the same from the same seed and day."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from civic.adapters.departments.fake.characters import Cast, Scenario
from civic.adapters.departments.fake.newborns import certify_newborns
from civic.adapters.departments.fake.population import BASE, Population
from civic.adapters.departments.fake.registers import Birth, Registers

SEED = "六安"
HOUSEHOLDS = 1200
BUSINESSES = (
    "六安市金安区皖西白鹅餐饮店",
    "六安市裕安区老杨理发店",
    "六安市金安区瓜片人家茶叶经营部",
    "六安市裕安区好邻居便利店",
    "六安市金安区小王汽车维修部",
    "六安市霍山县石斛堂中药材经营部",
    "六安市舒城县小兰花茶叶店",
)


@dataclass(frozen=True)
class World:
    """The registers as they stand on a day, whose newborns are which case, and the newborns of everybody else."""

    registers: Registers
    scenarios: dict[str, Scenario]
    newborns: list[Birth]
    on: date


@lru_cache(maxsize=4)
def world(on: date, *, seed: str = SEED, households: int = HOUSEHOLDS) -> World:
    """Return the world as of `on`. Nobody may change it: what changes is in the notices.

    Raises: ValueError, before 2026: the people are made up to the end of 2025.
    """
    if on < BASE:
        raise ValueError(f"The world begins on {BASE}, not on {on}.")
    registers = Registers(business_names=list(BUSINESSES))
    crowd = Population(registers, seed)
    crowd.settle(households)
    newborns = certify_newborns(registers, on)
    scenarios = Cast(registers, on).enter()
    for person in registers.people.values():
        crowd.insure(person)
    return World(registers, scenarios, newborns, on)
