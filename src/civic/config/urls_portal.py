"""The doors of role portal only."""

from civic.config.roles import patterns

urlpatterns = patterns("portal")
