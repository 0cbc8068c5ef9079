"""What every criteria plug-in keeps to."""

import pytest

from research.criteria import CRITERIA
from tests.research.criteria.histories import history


def test_names_are_unique_and_versions_and_sources_are_given():
    assert len({one.name for one in CRITERIA}) == len(CRITERIA)
    assert all(one.version.count(".") == 2 and one.source for one in CRITERIA)


@pytest.mark.parametrize("criteria", CRITERIA, ids=lambda one: one.name)
def test_a_course_answers_in_the_words_of_its_criteria_and_explains_them(criteria):
    rows = {
        "T1": ["40 x 30", "20 x 15", "60 x 40", "70 x 50"],
        "NT1": ["10", "10", "10", "10"],
        "NEW1": ["-", "-", "12 x 12", "20 x 20"],
    }
    seen = history(rows)

    course = criteria().course(seen)

    assert (course.criteria, course.version) == (criteria.name, criteria.version)
    assert course.assessments[0].response is None
    assert {one.response for one in course.assessments[1:]} <= set(criteria.responses)
    assert all(str(one.response) in one.explanation for one in course.assessments[1:])
    assert course.best.response in criteria.responses
    assert course.best.progression_visit == "W12"
    assert criteria().evaluate(seen) == course.assessments[-1]
