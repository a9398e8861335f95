"""The doors of role office only."""

from civic.config.roles import patterns

urlpatterns = patterns("office")
