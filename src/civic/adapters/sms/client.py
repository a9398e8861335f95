"""Sends one text message through the gateway that the city has configured."""

import httpx
from django.conf import settings
from django.utils.translation import gettext as _

from civic.adapters.sms import fake
from civic.core.errors import Unavailable

TIMEOUT_SECONDS = 5.0
SIGNATURE = "【{}】"


class SmsUnavailable(Unavailable):
    """The gateway did not take the message; it was not sent."""

    code = "sms-unavailable"


class SmsUncertain(SmsUnavailable):
    """The gateway did not say whether it took the message; to send it again might send it twice."""

    code = "sms-uncertain"


# Before these, nothing has reached the gateway, or it has said that it did not take the message.
NOT_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
    httpx.HTTPStatusError,
)


def send(*, phone: str, text: str) -> str:
    """Send `text` to `phone` (11 digits) and return the gateway's id of the message. Call it outside a transaction.

    A connection that could not be made is tried once more; a message that may have arrived is never sent twice.
    Raises: SmsUnavailable; of that kind SmsUncertain, where the message may have arrived.
    """
    signed = SIGNATURE.format(settings.SMS_SIGNATURE) + text
    if settings.SMS_GATEWAY == "fake":
        return fake.send(phone=phone, text=signed)
    try:
        with httpx.Client(timeout=TIMEOUT_SECONDS, transport=httpx.HTTPTransport(retries=1)) as http:
            answer = http.post(
                settings.SMS_GATEWAY,
                json={"phone": phone, "text": signed},
                headers={"Authorization": f"Bearer {settings.SMS_GATEWAY_KEY}"},
            )
            answer.raise_for_status()
            return str(answer.json()["id"])
    except NOT_SENT as error:
        raise SmsUnavailable(_("短信暂时发不出去，请稍后再试。")) from error
    except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
        raise SmsUncertain(_("短信可能没有发出去，请稍等；没有收到再试一次。")) from error
