"""Response rate and reader discordance; the module's promise of names."""

import math
from datetime import date

import pandas as pd
import pytest
from scipy.stats import beta

import stats.response
from stats.errors import DegenerateError, InvalidArgumentError, LengthError
from stats.response import BestResponse, reader_discordance, response_rate

MARCH, JUNE = date(2024, 3, 1), date(2024, 6, 1)


def test_every_name_that_the_module_promises_is_there():
    assert all(hasattr(stats.response, name) for name in stats.response.__all__)


def test_the_rate_counts_every_subject_and_has_an_exact_interval():
    best = [BestResponse(i, None, word) for i, word in enumerate(["CR", "PR", "SD", "MISSING"])]

    rate = response_rate(best, alpha=0.1)

    assert (rate.value, rate.n) == (0.5, 4)
    assert rate.ci_low == pytest.approx(beta.ppf(0.05, 2, 3), rel=1e-9)
    assert rate.ci_high == pytest.approx(beta.ppf(0.95, 3, 2), rel=1e-9)
    assert math.isnan(rate.se)


def test_other_responses_can_be_counted():
    assert response_rate(["CR", "SD", "PD"], of=["CR", "PR", "SD"]).value == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("best", "options", "error"),
    [
        ([], {}, DegenerateError),
        (["CR"], {"of": "CR"}, InvalidArgumentError),
        (["CR"], {"of": ()}, InvalidArgumentError),
        (["CR"], {"alpha": 0}, InvalidArgumentError),
    ],
)
def test_a_rate_that_does_not_exist_is_refused(best, options, error):
    with pytest.raises(error):
        response_rate(best, **options)


def test_discordance_is_the_paper_s_two_rates():
    site = [MARCH, MARCH, JUNE, MARCH, None, None, MARCH]
    central = [MARCH, JUNE, MARCH, None, MARCH, None, MARCH]

    found = reader_discordance(site, central)

    counts = (found.agree, found.site_later, found.site_earlier, found.site_only)
    assert counts == (2, 1, 1, 1)
    assert (found.central_only, found.neither, found.n) == (1, 1, 7)
    assert found.early_rate == pytest.approx((1 + 1) / (4 + 1))
    assert found.late_rate == pytest.approx((1 + 1) / (1 + 1 + 1 + 1))
    assert found.manifest()["paper"] == "Amit et al. 2011"


def test_discordance_of_mappings_is_by_subject():
    found = reader_discordance({"a": MARCH, "b": pd.NaT}, {"b": None, "a": JUNE})

    assert (found.early_rate, found.late_rate, found.n) == (1.0, 0.0, 2)


def test_rates_of_nothing_are_nan_with_a_warning():
    found = reader_discordance([None], [None])

    assert math.isnan(found.early_rate)
    assert math.isnan(found.late_rate)
    assert len(found.warnings) == 2


@pytest.mark.parametrize(
    ("site", "central", "error"),
    [
        ([], [], DegenerateError),
        ([MARCH], [], LengthError),
        ({"a": MARCH}, {"b": MARCH}, LengthError),
        ({"a": MARCH}, [MARCH], LengthError),
    ],
)
def test_readers_of_other_subjects_are_refused(site, central, error):
    with pytest.raises(error):
        reader_discordance(site, central)
