"""S1: two readers, an adjudicator, RECIST 1.1, with the numbers that the scenario states.

Here are the computed responses (S1.1, S1.2, S1.11), the derived values of S1.10, S1.13 and S1.15,
adjudication (S1.6 to S1.8, S1.14, S1.15) and amendments. Still missing: S1.12, what waits for SDTM
(S1.9 and the domains of S1.10), and what the screen shows; S1.3 to S1.5 are proved by the tests of
tasks, blinding and signatures.
"""

import pytest

from tests.journeys.recist_trial import (
    ADJUDICATOR,
    ADMIN,
    READERS,
    STATISTICIAN,
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


def adjudications(trial: RecistTrial) -> list[dict]:
    return trial.api.get(ADMIN, f"/api/projects/{trial.project}/adjudications").json()


def accepted(trial: RecistTrial) -> list[tuple[str, str, str]]:
    found = trial.api.get(STATISTICIAN, f"/api/projects/{trial.project}/accepted-records").json()
    return [(one["subject_code"], one["position"], one["accepted_by"]) for one in found]


def letter_of(page: dict, computed: list[str | None]) -> str:
    """Find a record by what it says: nothing else tells A from B."""
    return next(
        record["letter"]
        for record in page["records"]
        if [visit["computed"] for visit in record["visits"]] == computed
    )


def decide(trial: RecistTrial, task: str, computed: list[str | None]) -> None:
    page = trial.api.post(ADJUDICATOR, f"/api/tasks/{task}/adjudication/open", {}).json()
    chosen = {"choice": letter_of(page, computed), "reason_text": "progression is unequivocal"}
    digest = trial.api.post(ADJUDICATOR, f"/api/tasks/{task}/adjudication/choose", chosen).json()[
        "record_digest"
    ]
    grant = trial.api.sign_grant(
        ADJUDICATOR, kind="adjudication", id=page["id"], digest=digest, meaning="adjudication"
    )
    trial.api.post(ADJUDICATOR, f"/api/tasks/{task}/adjudication/sign", {"grant": grant})


def test_s1_6_the_adjudication_is_there_once_both_have_signed(trial: RecistTrial) -> None:
    trial.subject("001", list(VISITS))
    read_all(trial, "R1", "001")
    for visit in ("BL", "W6", "W12"):
        trial.read("R2", "001", visit, *R2[visit], stated=STATED_R2[visit])

    assert adjudications(trial) == []
    assert trial.ready(ADJUDICATOR) == []

    trial.read("R2", "001", "W18", *R2["W18"], stated="SD")

    (one,) = adjudications(trial)
    assert trial.ready(ADJUDICATOR) == [one["task_id"]]
    assert [trigger["differs"] for trigger in one["triggers"]] == [
        "best_overall_response", "progression_visit"
    ]  # fmt: skip
    assert accepted(trial) == []


def test_s1_7_the_adjudicator_sees_a_and_b_and_edits_nothing(trial: RecistTrial) -> None:
    trial.subject("001", list(VISITS))
    for seat in READERS:
        read_all(trial, seat, "001")
    (task,) = trial.ready(ADJUDICATOR)
    address = f"/api/tasks/{task}/adjudication"

    opened = trial.api.post(ADJUDICATOR, f"{address}/open", {})
    task_page = trial.api.get(ADJUDICATOR, f"/api/tasks/{task}")
    for body in (opened.text, task_page.text, trial.api.get(ADJUDICATOR, "/api/tasks").text):
        for hidden in (*READERS, *READERS.values(), *map(trial.api.person_id, READERS.values()),
                       *trial.tasks.values(), "signed_at"):  # fmt: skip
            assert hidden not in body, hidden
    assert [record["letter"] for record in opened.json()["records"]] == ["A", "B"]
    assert {record["visits"][-1]["computed"] for record in opened.json()["records"]} == {"PD", "SD"}

    for said in ({"choice": "A"}, {"choice": "A", "reason_text": "  "}):
        without = trial.api.post(ADJUDICATOR, f"{address}/choose", said, status=422)
        assert without.json()["type"] == "reason_required"
    changed = trial.save(ADJUDICATOR, task, 1, [_stated("SD")])
    assert (changed.status_code, changed.json()["type"]) == (403, "not_permitted")
    other = trial.tasks["R1", "001", "W12"]
    assert trial.api.get(ADJUDICATOR, f"/api/tasks/{other}").status_code == 404
    for reader in READERS.values():
        assert trial.api.get(reader, address).status_code == 404
        trial.api.post(reader, f"{address}/open", {}, status=404)


def test_s1_7_who_read_the_subject_cannot_adjudicate_it(trial: RecistTrial) -> None:
    for reader in READERS.values():
        trial.api.give_role(ADMIN, f"projects/{trial.project}", reader, "Adjudicator")
    trial.subject("001", list(VISITS))
    for seat in READERS:
        read_all(trial, seat, "001")
    task = adjudications(trial)[0]["task_id"]

    for reader in READERS.values():
        refused = trial.api.post(reader, f"/api/tasks/{task}/adjudication/open", {}, status=409)
        assert refused.json()["type"] == "conflict_of_interest"


def test_s1_8_the_chosen_record_is_accepted_and_both_stay(trial: RecistTrial) -> None:
    subject = trial.subject("001", list(VISITS))
    for seat in READERS:
        read_all(trial, seat, "001")
    before = trial.responses(subject)
    (task,) = trial.ready(ADJUDICATOR)

    decide(trial, task, [None, "SD", "PR", "PD"])

    assert accepted(trial) == [("001", "R1", "decision")]
    assert trial.responses(subject) == before
    assert trial.page(ADJUDICATOR, task)["state"] == "done"
    address = f"/api/projects/{trial.project}/reader-quality"
    figures = trial.api.get(STATISTICIAN, address).json()
    assert (figures["n_units"], figures["adjudication_rate"]) == (1, 1.0)
    assert [
        (one["reader"], one["agreement"], one["disagreement_index"]) for one in figures["readers"]
    ] == [("R1", 1.0, 0.0), ("R2", 0.0, 1.0)]
    for blinded in (*READERS.values(), ADJUDICATOR):
        assert trial.api.get(blinded, address).status_code in (403, 404)


def test_s1_14_a_record_signed_anew_brings_the_adjudication_back(trial: RecistTrial) -> None:
    trial.subject("001", list(VISITS))
    for seat in READERS:
        read_all(trial, seat, "001")
    (task,) = trial.ready(ADJUDICATOR)
    decide(trial, task, [None, "SD", "PR", "PD"])

    amend(trial, "W12", [_row("DIAM", "36")])
    (stale,) = adjudications(trial)
    assert stale["task_state"] == "stale"
    amend(trial, "W18", [_stated("SD")])

    former, again = adjudications(trial)
    assert (former["state"], former["task_state"]) == ("history", "superseded")
    assert (again["state"], again["run"]) == ("open", 2)
    assert [trigger["differs"] for trigger in again["triggers"]] == ["best_overall_response"]
    assert trial.ready(ADJUDICATOR) == [again["task_id"]]
    decide(trial, again["task_id"], [None, "SD", "PR", "SD"])
    assert accepted(trial) == [("001", "R1", "decision")]


def amend(trial: RecistTrial, visit: str, changes: list[dict]) -> None:
    """Sign one of the first reader's visits anew with changes."""
    reader, task = READERS["R1"], trial.tasks["R1", "001", visit]
    why = {"reason_code": "measurement", "reason_text": "T1 was measured on the wrong slice"}
    trial.api.post(reader, f"/api/tasks/{task}/amend", why)
    read = trial.page(reader, task)["read"]
    saved = trial.save(reader, task, read["draft"], changes)
    assert saved.status_code == 200, saved.text
    submitted = trial.submit(reader, task, saved.json()["draft"])
    assert submitted.status_code == 200, submitted.text
    signed = trial.sign(reader, task, read["id"], submitted.json()["record_digest"])
    assert signed.status_code == 200, signed.text


def _row(item: str, value: str) -> dict:
    return {"group": "TARGETS", "repeat": "1", "item": item, "value": value,
            "by_hand": "measured again"}  # fmt: skip


def _stated(response: str) -> dict:
    return {"group": "RESPONSE", "repeat": "", "item": "OVERALL", "value": response}


def test_s1_15_without_confirmation_there_is_no_response(api: Served) -> None:
    trial = recist_trial(api, code="ONC-1C", confirmation_days=28)
    subject = trial.subject("001", list(VISITS))
    for seat in READERS:
        read_all(trial, seat, "001")

    first, second = (trial.responses(subject)[seat] for seat in READERS)
    assert (first["best"]["response"], first["best"]["progression_visit"]) == ("SD", "W18")
    assert (second["best"]["response"], second["best"]["progression_visit"]) == ("SD", None)
    assert (first["best_unconfirmed"], first["best_confirmed"]) == ("PR", "SD")
    (one,) = adjudications(trial)
    assert [trigger["differs"] for trigger in one["triggers"]] == ["progression_visit"]
