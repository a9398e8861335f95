"""The doors of role portal only."""

from civic.config.roles import patterns

urlpatterns = patterns("portal")
handler400 = "civic.config.faults.bad_request"
handler403 = "civic.config.faults.forbidden"
handler404 = "civic.config.faults.not_found"
handler500 = "civic.config.faults.bug"
