"""What the rules of a read's form see beside its answers: the same reader's earlier signed visits.

Never another reader's, never a draft, never a later visit.
"""

from functools import lru_cache

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from research.answers import answers_of as stored_answers
from research.earlier_reads import earlier_reads
from research.ecrf.definition import FormDefinition
from research.ecrf.evaluate import Surroundings
from research.ecrf.language.context import Answers, answers_of
from research.ecrf.language.functions import MAX_EARLIER
from research.judges import charter_constants, criteria_plan, judge_of
from research.read_records import ReadRow
from research.visits import VisitRow

MOST_KEPT = 2048


def surroundings_of(session: Session, read: ReadRow, form: FormDefinition) -> Surroundings:
    """Return what the form of a read may look back at."""
    visit = session.get(VisitRow, read.visit_id)
    assert visit is not None, f"visit {read.visit_id} is gone"
    signed = [(at, _answers(session, form, one, visit=at.code))
              for one, at in earlier_reads(session, read)]  # fmt: skip
    first = session.scalar(
        select(func.min(VisitRow.position)).where(VisitRow.subject_id == read.subject_id)
    )
    plan = criteria_plan(session, read, form)
    return Surroundings(
        visit=visit.code,
        earlier=tuple(answers for _, answers in signed[-MAX_EARLIER:]),
        baseline=next((answers for at, answers in signed if at.position == first), None),
        charter=charter_constants(plan),
        criteria=judge_of(session, read, form, plan, signed),
    )


def _answers(session: Session, form: FormDefinition, read: ReadRow, *, visit: str) -> Answers:
    """Return a signed read's values as this form reads them; what is signed never changes."""
    kept = _kept(form.digest, read.id, read.record_digest)
    if not kept:
        kept.append(answers_of(form, stored_answers(session, read.id), visit=visit))
    return kept[0]


@lru_cache(maxsize=MOST_KEPT)
def _kept(*_: str | None) -> list[Answers]:
    """Return where a signed read's values are kept once they were brought to their kinds."""
    return []
