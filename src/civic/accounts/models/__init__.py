"""The nouns of identity, one file each family."""

from civic.accounts.models.account import Account as Account
from civic.accounts.models.codes import OneTimeCode as OneTimeCode
from civic.accounts.models.demonstration import OutboxMessage as OutboxMessage
from civic.accounts.models.department import Department as Department
from civic.accounts.models.department import Official as Official
from civic.accounts.models.limits import Tally as Tally
from civic.accounts.models.limits import TooOften as TooOften
from civic.accounts.models.mandate import Consent as Consent
from civic.accounts.models.mandate import Mandate as Mandate
from civic.accounts.models.organisation import Organisation as Organisation
from civic.accounts.models.person import Claim as Claim
from civic.accounts.models.person import Person as Person
from civic.accounts.models.token import Token as Token
