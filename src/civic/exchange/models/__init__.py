"""The nouns of data sharing, one file each family."""

from civic.exchange.models.call import Breaker as Breaker
from civic.exchange.models.call import Call as Call
from civic.exchange.models.contest import Contest as Contest
from civic.exchange.models.demand import Demand as Demand
from civic.exchange.models.kept import Kept as Kept
from civic.exchange.models.resource import Duty as Duty
from civic.exchange.models.resource import Provider as Provider
from civic.exchange.models.resource import Resource as Resource
from civic.exchange.models.resource import Restriction as Restriction
