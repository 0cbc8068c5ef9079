"""S1: two readers, an adjudicator, RECIST 1.1, with the numbers that the scenario states.

Here are the computed responses (S1.1, S1.2, S1.11), the derived values of S1.10, S1.13 and S1.15,
and amendments. Still missing: what waits for adjudication (S1.6 to S1.8, S1.12, S1.14), for SDTM
(S1.9 and the domains of S1.10), and what the screen shows; S1.3 to S1.5 are proved by the tests of
tasks, blinding and signatures.
"""

import pytest

from tests.journeys.recist_trial import (
    READERS,
    VISITS,
    RecistTrial,
    recist_trial,
)
from tests.journeys.served import Served

R1 = {"BL": ("50", "38"), "W6": ("37", "27"), "W12": ("31", "24"), "W18": ("40", "29")}
R2 = {"BL": ("40", "27"), "W6": ("31", "21"), "W12": ("28", "19"), "W18": ("32", "21")}
STATED_R1 = {"BL": None, "W6": "SD", "W12": "PR", "W18": "PD"}
STATED_R2 = {"BL": None, "W6": "SD", "W12": "SD", "W18": "SD"}


@pytest.fixture
def trial(api: Served) -> RecistTrial:
    return recist_trial(api)


def read_all(trial: RecistTrial, seat: str, code: str) -> None:
    sizes, stated = {"R1": (R1, STATED_R1), "R2": (R2, STATED_R2)}[seat]
    for visit in VISITS:
        trial.read(seat, code, visit, *sizes[visit], stated=stated[visit])


def by_visit(seat: dict) -> dict:
    return {one["visit_code"]: one for one in seat["visits"]}


def percent(text: str) -> str:
    """Round as the scenario shows it: half up, one place."""
    from decimal import ROUND_HALF_UP, Decimal

    return f"{Decimal(text).quantize(Decimal('0.1'), ROUND_HALF_UP):+}"


def test_s1_1_the_first_reader_sees_response_then_progression(trial: RecistTrial) -> None:
    subject = trial.subject("001", list(VISITS))
    read_all(trial, "R1", "001")

    seat = trial.responses(subject)["R1"]
    visits = by_visit(seat)
    baseline = {code: one["measures"]["change_from_baseline_percent"] for code, one in
                visits.items() if code != "BL"}  # fmt: skip
    assert {code: one["measures"]["sum_mm"] for code, one in visits.items()} == {
        "BL": "88", "W6": "64", "W12": "55", "W18": "69"
    }  # fmt: skip
    assert [visits[code]["computed"] for code in VISITS] == [None, "SD", "PR", "PD"]
    assert (percent(baseline["W6"]), percent(baseline["W12"])) == ("-27.3", "-37.5")
    assert visits["W18"]["measures"]["nadir_mm"] == "55"
    assert visits["W18"]["measures"]["change_from_nadir_mm"] == "14"
    assert percent(visits["W18"]["measures"]["change_from_nadir_percent"]) == "+25.5"
    assert visits["W18"]["explanation"] == "PD: 69 against nadir 55 at W12, +14 mm, +25.5 %"
    assert visits["W18"]["parts"]["non_target"] == "NON-CR/NON-PD"
    assert (seat["best"]["response"], seat["best"]["visit"]) == ("PR", "W12")
    assert seat["best"]["progression_visit"] == "W18"
    assert [one["stated"] for one in visits.values()] == [None, "SD", "PR", "PD"]
    survival = seat["progression_free_survival"]
    assert (survival["event"], survival["days"]) == (True, 133)


def test_s1_2_the_second_reader_sees_stable_disease(trial: RecistTrial) -> None:
    subject = trial.subject("001", list(VISITS))
    read_all(trial, "R2", "001")

    seat = trial.responses(subject)["R2"]
    visits = by_visit(seat)
    assert {code: one["measures"]["sum_mm"] for code, one in visits.items()} == {
        "BL": "67", "W6": "52", "W12": "47", "W18": "53"
    }  # fmt: skip
    assert [visits[code]["computed"] for code in VISITS] == [None, "SD", "SD", "SD"]
    assert percent(visits["W6"]["measures"]["change_from_baseline_percent"]) == "-22.4"
    assert percent(visits["W12"]["measures"]["change_from_baseline_percent"]) == "-29.9"
    assert percent(visits["W18"]["measures"]["change_from_nadir_percent"]) == "+12.8"
    assert visits["W18"]["measures"]["change_from_nadir_mm"] == "6"
    assert (seat["best"]["response"], seat["best"]["progression_visit"]) == ("SD", None)


def test_s1_10_too_small_to_measure_counts_5_mm_and_keeps_its_words(trial: RecistTrial) -> None:
    subject = trial.subject("002", ["BL", "W6"])
    for seat in READERS:
        trial.read(seat, "002", "BL", "30", "12")
        trial.read(seat, "002", "W6", "21", "too small to measure", stated="PR")

    for seat in trial.responses(subject).values():
        visits = by_visit(seat)
        lesion = next(one for one in seat["lesions"] if one["number"] == "T2")
        finding = lesion["findings"][-1]
        assert [one["measures"]["sum_mm"] for one in visits.values()] == ["42", "26"]
        assert percent(visits["W6"]["measures"]["change_from_baseline_percent"]) == "-38.1"
        assert visits["W6"]["computed"] == "PR"
        assert (finding["stated"], finding["counted_mm"]) == ("too small to measure", "5")
        assert lesion["tracking_uid"].startswith("2.25.")


def test_s1_11_exact_boundaries_are_judged_exactly(trial: RecistTrial) -> None:
    days = {"BL": -7, "W6": 42, "W12": 85}
    third = trial.subject("003", list(days))
    for visit, size, stated in (("BL", "43.0", None), ("W6", "30.1", "PR"), ("W12", "36.12", "PD")):
        trial.read("R1", "003", visit, size, stated=stated)
    found = by_visit(trial.responses(third)["R1"])
    assert [found[code]["computed"] for code in days] == [None, "PR", "PD"]
    assert percent(found["W6"]["measures"]["change_from_baseline_percent"]) == "-30.0"
    assert percent(found["W12"]["measures"]["change_from_nadir_percent"]) == "+20.0"
    assert found["W12"]["measures"]["change_from_nadir_mm"] == "6.02"

    fourth = trial.subject("004", list(days))
    for visit, size, stated in (("BL", "25.0", None), ("W6", "20.0", "SD"), ("W12", "24.5", "SD")):
        trial.read("R1", "004", visit, size, stated=stated)
    found = by_visit(trial.responses(fourth)["R1"])
    assert [found[code]["computed"] for code in days] == [None, "SD", "SD"]
    assert percent(found["W12"]["measures"]["change_from_nadir_percent"]) == "+22.5"
    assert found["W12"]["measures"]["change_from_nadir_mm"] == "4.5"


def test_s1_13_an_amended_size_changes_what_rests_on_it(trial: RecistTrial) -> None:
    subject = trial.subject("001", list(VISITS))
    read_all(trial, "R1", "001")
    reader, w12 = READERS["R1"], trial.tasks["R1", "001", "W12"]
    why = {"reason_code": "measurement", "reason_text": "T1 was measured on the wrong slice"}

    without = trial.api.post(reader, f"/api/tasks/{w12}/amend", {}, status=422).json()
    assert without["type"] == "reason_required"
    stranger = trial.api.post(READERS["R2"], f"/api/tasks/{w12}/amend", why, status=404).json()
    assert stranger["type"] == "not_found"

    trial.api.post(reader, f"/api/tasks/{w12}/amend", why)
    read = trial.page(reader, w12)["read"]
    change = {"group": "TARGETS", "repeat": "1", "item": "DIAM", "value": "36",
              "by_hand": "measured again"}  # fmt: skip
    saved = trial.save(reader, w12, read["draft"], [change])
    assert saved.status_code == 200, saved.text
    submitted = trial.submit(reader, w12, saved.json()["draft"])
    assert submitted.status_code == 200, submitted.text
    without_grant = trial.api.person(reader).post(f"/api/tasks/{w12}/sign", json={})
    assert (without_grant.status_code, without_grant.json()["type"]) == (401, "reauth_required")
    signed = trial.sign(reader, w12, read["id"], submitted.json()["record_digest"])
    assert signed.status_code == 200, signed.text

    seat = trial.responses(subject)["R1"]
    visits = by_visit(seat)
    assert visits["W12"]["revision"] == 2
    assert visits["W12"]["measures"]["sum_mm"] == "60"
    assert percent(visits["W12"]["measures"]["change_from_baseline_percent"]) == "-31.8"
    assert visits["W12"]["computed"] == "PR"
    assert (visits["W18"]["task_state"], visits["W18"]["computed"]) == ("stale", "PD")
    now = visits["W18"]["would_be"]
    assert now["response"] == "SD"
    assert percent(now["measures"]["change_from_nadir_percent"]) == "+15.0"
    assert now["measures"]["change_from_nadir_mm"] == "9"
    assert seat["best"]["progression_visit"] is None

    revisions = trial.api.get(reader, f"/api/tasks/{w12}/revisions").json()
    assert [(one["revision"], one["status"]) for one in revisions] == [
        (2, "signed"), (1, "superseded")
    ]  # fmt: skip
    assert all(one["signature"]["printed_name"] == reader for one in revisions)
    changes = trial.api.get(reader, f"/api/tasks/{w12}/changes", params={"old": 1, "new": 2}).json()
    side_by_side = {one["item"]: (one["old_value"], one["new_value"]) for one in changes["changes"]}
    assert side_by_side["DIAM"] == ("31", "36")
    assert side_by_side["SOD"] == ("55", "60")


def test_s1_15_without_confirmation_there_is_no_response(api: Served) -> None:
    trial = recist_trial(api, code="ONC-1C", confirmation_days=28)
    subject = trial.subject("001", list(VISITS))
    for seat in READERS:
        read_all(trial, seat, "001")

    first, second = (trial.responses(subject)[seat] for seat in READERS)
    assert (first["best"]["response"], first["best"]["progression_visit"]) == ("SD", "W18")
    assert (second["best"]["response"], second["best"]["progression_visit"]) == ("SD", None)
    assert (first["best_unconfirmed"], first["best_confirmed"]) == ("PR", "SD")
