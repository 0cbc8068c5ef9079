"""Response criteria, one file each; `CRITERIA` lists them."""

from research.criteria.assessments import Criteria
from research.criteria.irecist import ImmuneRecist
from research.criteria.lugano import Lugano
from research.criteria.mrecist import ModifiedRecist
from research.criteria.rano import Rano
from research.criteria.recist import Recist

CRITERIA: tuple[type[Criteria], ...] = (Recist, ImmuneRecist, ModifiedRecist, Lugano, Rano)
