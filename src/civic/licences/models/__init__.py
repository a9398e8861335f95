"""The nouns of licences, one file each."""

from civic.licences.models.licence import FieldWrong as FieldWrong
from civic.licences.models.licence import Ground as Ground
from civic.licences.models.licence import GroundWrong as GroundWrong
from civic.licences.models.licence import HolderWrong as HolderWrong
from civic.licences.models.licence import Licence as Licence
from civic.licences.models.parts import Move as Move
from civic.licences.models.parts import Rendering as Rendering
from civic.licences.models.presentation import CodeOver as CodeOver
from civic.licences.models.presentation import CodeUnknown as CodeUnknown
from civic.licences.models.presentation import CodeUsed as CodeUsed
from civic.licences.models.presentation import Presentation as Presentation
from civic.licences.models.presentation import Use as Use
from civic.licences.models.presentation import listed as listed
from civic.licences.models.presentation import names_of as names_of
from civic.licences.models.status_list import StatusList as StatusList
from civic.licences.models.status_list import StatusListVersion as StatusListVersion
from civic.licences.models.types import LicenceType as LicenceType
from civic.licences.models.use_request import NotOverYet as NotOverYet
from civic.licences.models.use_request import UseRequest as UseRequest
