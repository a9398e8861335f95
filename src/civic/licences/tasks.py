"""The queue's door: signing, publishing states, what time does to licences."""

from contextlib import suppress

from django.utils.timezone import now
from procrastinate.contrib.django import app

from civic.core.jobs import RETRY
from civic.licences import services
from civic.licences.models import Licence
from civic.masking.models import Shredded

SIGNER = "licence-signer"
PRINTING = -10  # takes long and nobody waits for it: after everything else


@app.task(name="civic.licences.tasks.sign", retry=RETRY)
def sign(licence: int) -> None:
    """Sign a licence that was issued; of a holder who was deleted meanwhile there is nothing to sign."""
    with suppress(Shredded):
        services.sign_licence(licence=Licence.objects.get(pk=licence), by=SIGNER, at=now())


@app.task(name="civic.licences.tasks.render", retry=RETRY, priority=PRINTING)
def render(licence: int) -> None:
    """Set a signed licence as PDF."""
    with suppress(Shredded):
        services.render_licence(licence=Licence.objects.get(pk=licence), by=SIGNER, at=now())


@app.task(name="civic.licences.tasks.refresh_status_list", retry=RETRY)
def refresh_status_list(status_list: int) -> int:
    """Publish a state that has changed."""
    return services.publish_status(status_list=status_list, at=now())


@app.periodic(cron="3 * * * *", periodic_id="licences-status-lists")
@app.task(name="civic.licences.tasks.refresh_status_lists", queueing_lock="licences.status", pass_context=False)
def refresh_status_lists(timestamp: int) -> int:
    """Confirm once an hour what every list says."""
    return services.publish_all(at=now())


@app.periodic(cron="15 2 * * *", periodic_id="licences-signer")
@app.task(name="civic.licences.tasks.renew_signer", queueing_lock="licences.signer", pass_context=False)
def renew_signer(timestamp: int) -> int:
    """Make the next key two months before the certificate of the present one ends; lists are signed by it from then."""
    return services.renew_signers(at=now())


@app.periodic(cron="*/30 * * * *", periodic_id="licences-expire")
@app.task(name="civic.licences.tasks.expire", queueing_lock="licences.expire", pass_context=False)
def expire(timestamp: int) -> int:
    """Note which licences have ended; the first turn after midnight finds them."""
    return services.expire_over(at=now())


@app.periodic(cron="20 9 * * *", periodic_id="licences-remind")
@app.task(name="civic.licences.tasks.remind", queueing_lock="licences.remind", pass_context=False)
def remind(timestamp: int) -> int:
    """Write in the morning to those whose licence ends soon."""
    return services.remind(at=now())


@app.task(name="civic.licences.tasks.tell_of_request", retry=RETRY)
def tell_of_request(request: int, step: str) -> bool:
    """Write to the holder who is asked to agree, or to the asker who is answered."""
    with suppress(Shredded):
        return services.tell_of_request(request=request, step=step, at=now())
    return False


@app.periodic(cron="*/10 * * * *", periodic_id="licences-requests")
@app.task(name="civic.licences.tasks.expire_requests", queueing_lock="licences.requests", pass_context=False)
def expire_requests(timestamp: int) -> int:
    """Close the requests that nobody answered in time."""
    return services.expire_requests(at=now())


@app.periodic(cron="40 3 * * *", periodic_id="licences-codes")
@app.task(name="civic.licences.tasks.forget_codes", queueing_lock="licences.codes", pass_context=False)
def forget_codes(timestamp: int) -> int:
    """Delete the show codes of yesterday that nobody read."""
    return services.forget_codes(at=now())
