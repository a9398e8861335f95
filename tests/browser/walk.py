"""A story walked by several people, each in a browser of their own, with the work that the worker does between."""

from collections.abc import Callable, Iterable
from importlib import import_module

from playwright.sync_api import Page
from procrastinate.contrib.django.models import ProcrastinateJob

from civic.accounts.models import Account
from civic.instant import services
from civic.instant.departments import tell_department
from civic.instant.models import Onward
from tests.browser.conftest import View, axe, no_chinese_left, no_sideways_scroll, picture, submit


class Walk:
    """One view of a story; `FOLDER` keeps its pictures, `WORK` names the jobs that are done between its pages."""

    FOLDER: str
    WORK: frozenset[str]

    def __init__(
        self, view: View, visit: Callable[..., Page], logged_in: Callable[[Account], str], people: Iterable[Account]
    ) -> None:
        self.view, self.visit = view, visit
        self.sessions = {account.pk: logged_in(account) for account in people}
        self.done: set[int] = set()

    def open(self, path: str, who: Account | None = None) -> Page:
        return self.visit(path, self.view, session=self.sessions[who.pk] if who else "")

    def look(self, page: Page, name: str) -> None:
        if self.view.script:
            axe(page)
            size = page.viewport_size
            no_sideways_scroll(page)
            page.set_viewport_size(size)  # type: ignore[arg-type]
            if self.view.mode == "english":
                no_chinese_left(page)
        picture(page, f"{self.FOLDER}/{self.view}/{name}")

    def press(self, page: Page) -> None:
        submit(page, page.locator("main form button[type=submit], main form button:not([type])").last)

    def work(self) -> None:
        """Do what the worker does, until nothing new comes up."""
        mine = ProcrastinateJob.objects.filter(task_name__in=self.WORK)
        while jobs := [job for job in mine.all() if job.pk not in self.done]:
            for job in jobs:
                self.done.add(job.pk)
                module, _, name = job.task_name.rpartition(".")
                getattr(import_module(module), name)(**job.args)

    def tell(self) -> list[str]:
        """Do the onward notices that wait for nothing; return them in the order in which they were done."""
        told: list[str] = []
        while ready := [row for row in Onward.objects.planned().in_order() if set(row.after) <= set(told)]:
            for row in ready:
                got = tell_department(row, services.body_of(row))
                services.settle_onward(
                    onward=row, accepted=got.accepted, reference=got.reference, message=got.message, at=row.planned_at
                )
                told.append(row.notice)
        return told
