"""The doors of role api only."""

from civic.config.roles import patterns

urlpatterns = patterns("api")
handler400 = "civic.config.faults.bad_request"
handler403 = "civic.config.faults.forbidden"
handler404 = "civic.config.faults.not_found"
handler500 = "civic.config.faults.bug"
