"""The nouns of rating, one file each."""

from civic.ratings.models.opinion import Opinion as Opinion
from civic.ratings.models.rating import AlreadyRated as AlreadyRated
from civic.ratings.models.rating import Change as Change
from civic.ratings.models.rating import Rating as Rating
from civic.ratings.models.remedy import Note as Note
from civic.ratings.models.remedy import Remedy as Remedy
from civic.ratings.models.right import Right as Right
