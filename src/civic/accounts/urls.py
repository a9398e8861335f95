"""The addresses of log-in and of one's own account."""

from django.conf import settings
from django.urls import path
from django.utils.translation import gettext_lazy as _

from civic.accounts import office as rooms
from civic.accounts.portal import demonstration, login, my

portal = [
    path("login/", login.phone, name="login"),
    path("login/organisation/", login.organisation, name="login_organisation"),
    path("login/code/", login.code, name="login_code"),
    path("login/code/again/", login.again, name="login_code_again"),
    path("login/unified/", login.unified, name="login_unified"),
    path("login/<slug:provider_id>/back/", login.unified_back, name="openid_connect_callback"),
    path("logout/", login.leave, name="logout"),
    path("my/account/", my.account, name="my_account"),
    path("my/consents/<slug:purpose>/", my.consent, name="my_consent"),
    path("my/mandates/", my.mandates, name="my_mandates"),
    path("my/mandates/new/<slug:kind>/", my.propose, name="my_mandate_new"),
    path("my/mandates/<uuid:handle>/code/", my.confirm_code, name="my_mandate_code"),
    path("my/mandates/<uuid:handle>/confirmation/", my.confirmation, name="my_mandate_confirmation"),
    path("my/mandates/<uuid:handle>/revocation/", my.revocation, name="my_mandate_revocation"),
    path("my/mandates/<uuid:handle>/use/", my.act_for, name="my_act_for"),
    path("my/acting-for/end/", my.act_for_myself, name="my_act_for_myself"),
    path("my/sessions/", my.sessions, name="my_sessions"),
    path("my/sessions/<int:session_id>/end/", my.end_session, name="my_session_end"),
    path("my/sessions/end-others/", my.end_other_sessions, name="my_sessions_end_others"),
]

if settings.DEMONSTRATION:
    portal += [
        path("demo/outbox/", demonstration.outbox, name="demo_outbox"),
        path("demo/identity/.well-known/openid-configuration", demonstration.discovery),
        path("demo/identity/jwks/", demonstration.jwks),
        path("demo/identity/authorize/", demonstration.authorize, name="demo_authorize"),
        path("demo/identity/token/", demonstration.token),
        path("demo/identity/userinfo/", demonstration.userinfo),
    ]

office = [
    path("login/", rooms.password, name="office_login"),
    path("login/second/", rooms.second_factor, name="office_second_factor"),
    path("login/setup/", rooms.set_up, name="office_set_up"),
    path("login/password/", rooms.own_password, name="office_own_password"),
    path("login/passkey/", rooms.passkey_login, name="office_passkey_login"),
    path("logout/", rooms.leave, name="office_logout"),
    path("account/", rooms.account, name="office_account"),
    path("account/passkeys/new/", rooms.add_passkey, name="office_add_passkey"),
    path("account/passkeys/<int:passkey_id>/removal/", rooms.remove_passkey, name="office_remove_passkey"),
    path("account/sessions/<int:session_id>/end/", rooms.end_session, name="office_session_end"),
    path("counter/persons/new/", rooms.register, name="office_counter"),
    path("counter/persons/code/", rooms.register_code, name="office_counter_code"),
    path("counter/mandates/new/", rooms.attest, name="office_counter_mandate"),
    path("officials/", rooms.officials, name="office_officials"),
    path("officials/<uuid:handle>/roles/", rooms.roles, name="office_official_roles"),
    path("officials/<uuid:handle>/activity/", rooms.activity, name="office_official_activity"),
]

office_nav = [
    ("officials", "/office/officials/", _("工作人员"), ("operator", "auditor")),
    ("counter", "/office/counter/persons/new/", _("到场登记"), ("window_clerk",)),
]
