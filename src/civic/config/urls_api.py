"""The doors of role api only."""

from civic.config.roles import patterns

urlpatterns = patterns("api")
