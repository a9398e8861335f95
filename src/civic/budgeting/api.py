"""The systems' door of budgeting."""

from civic.budgeting.polls_api import router

__all__ = ["router"]
