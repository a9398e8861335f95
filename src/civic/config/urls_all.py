"""Every door in one process, for small installations and development."""

from civic.config.roles import patterns

urlpatterns = patterns("portal", "office", "api")
