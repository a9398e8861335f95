"""Every job that is enqueued or wired by name is a task that exists."""

import ast
from collections.abc import Iterator
from importlib import import_module

import pytest
from procrastinate.contrib.django import app
from procrastinate.tasks import Task

from civic.cases.services import SUBMIT_BY_RULES
from civic.config.reactions import REACTIONS
from civic.core.jobs import RETRY
from civic.hotline.services.intake import SUBMIT as RECEIVE
from civic.ratings.models.rating import SUBMIT
from tests.architecture.sources import CIVIC, modules, our_models


def _enqueued() -> Iterator[tuple[str, str]]:
    for path, tree in modules().items():
        constants = {
            target.id: node.value.value
            for node in tree.body
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == "enqueue":
                name = node.args[0] if node.args else None
                if isinstance(name, ast.Constant):
                    yield str(path.relative_to(CIVIC)), str(name.value)
                elif isinstance(name, ast.Name) and name.id in constants:
                    yield str(path.relative_to(CIVIC)), str(constants[name.id])


JOBS = sorted({*_enqueued(), *(("config/reactions.py", job) for jobs in REACTIONS.values() for job in jobs)})


def test_the_jobs_of_the_rooms_are_found() -> None:
    assert {"civic.cases.tasks.announce", "civic.cases.tasks.deliver", "civic.notifications.tasks.send"} <= {
        job for _, job in JOBS
    }


@pytest.mark.parametrize(("where", "job"), JOBS)
def test_every_job_is_a_task_under_its_own_name(where: str, job: str) -> None:
    module, _, name = job.rpartition(".")

    task = getattr(import_module(module), name)

    assert isinstance(task, Task), where
    assert task.name == job


def test_every_reaction_answers_a_step_that_a_noun_has() -> None:
    steps = {
        f"{model._meta.label_lower}.{step}" for model in our_models() for step in getattr(model, "STEPS", ())
    }  # fmt: skip

    wired = {"deadlines.clock.ring" if key.startswith("deadlines.clock.rung:") else key for key in REACTIONS}

    # handing in makes the noun: no step of one that is there
    assert sorted(wired - steps) == [SUBMIT_BY_RULES, RECEIVE, SUBMIT]


def test_every_job_is_tried_again_and_every_periodic_one_has_its_next_turn_instead() -> None:
    periodic = {turn.task.name for turn in app.periodic_registry.periodic_tasks.values()}
    ours = {name: task for name, task in app.tasks.items() if name.startswith("civic.")}

    assert sorted(name for name in ours if name not in periodic and ours[name].retry_strategy is not RETRY) == []
    assert sorted(name for name in periodic if ours[name].retry_strategy or not ours[name].queueing_lock) == []
