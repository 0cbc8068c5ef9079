import pytest

from research.ecrf.answer import Answer, ItemKey
from research.ecrf.evaluate import evaluate
from research.ecrf.ready import FOLDER, ReadyForm, ready_form, ready_forms
from tests.research.ecrf.ready.examples import evaluated

FORMS = {ready.name: ready for ready in ready_forms()}
WANTED = {
    "recist11-baseline", "recist11", "irecist", "lugano", "pirads21", "birads", "lirads2018",
    "lidc-nodule", "cad-confidence", "eligibility", "image-qc", "ground-truth", "mrecist", "rano",
}  # fmt: skip


def test_the_library_holds_every_form_that_is_promised() -> None:
    assert set(FORMS) == WANTED


@pytest.mark.parametrize("ready", FORMS.values(), ids=FORMS.keys())
def test_an_example_read_computes_to_the_stated_values(ready: ReadyForm) -> None:
    for visit, found in evaluated(ready):
        computed = {key: found.computed[key] for key in visit.expected}

        assert computed == dict(visit.expected), visit.code
        assert visit.expected, "an example that expects nothing proves nothing"


@pytest.mark.parametrize("ready", FORMS.values(), ids=FORMS.keys())
def test_an_example_read_can_be_submitted_at_every_visit(ready: ReadyForm) -> None:
    for visit, found in evaluated(ready):
        assert [str(key) for key in found.missing_required] == [], visit.code
        assert [str(one) for one in found.checks if one.blocks] == [], visit.code


@pytest.mark.parametrize("ready", FORMS.values(), ids=FORMS.keys())
def test_every_form_has_a_name_of_its_own_and_says_where_its_rules_are_from(
    ready: ReadyForm,
) -> None:
    text = (FOLDER / f"{ready.name}.yaml").read_text(encoding="utf-8")

    assert [one.definition.oid for one in FORMS.values()].count(ready.definition.oid) == 1
    if ready.definition.criteria or ready.name in ("pirads21", "birads", "lirads2018"):
        assert "Source of" in text.splitlines()[0]


# Turkbey et al. 2019: zone, T2, DWI, DCE, category; a dash is an inadequate sequence.
PIRADS = [
    ("PZ", 1, 1, "-", 1), ("PZ", 5, 2, "positive", 2), ("PZ", 4, 3, "negative", 3),
    ("PZ", 1, 3, "positive", 4), ("PZ", 1, 4, "negative", 4), ("PZ", 2, 5, "negative", 5),
    ("PZ", 3, 3, "-", 3), ("TZ", 1, 5, "positive", 1), ("TZ", 2, 3, "positive", 2),
    ("TZ", 2, 4, "negative", 3), ("TZ", 2, 5, "negative", 3), ("TZ", 3, 4, "positive", 3),
    ("TZ", 3, 5, "negative", 4), ("TZ", 4, 1, "negative", 4), ("TZ", 5, 1, "negative", 5),
    ("PZ", 3, "-", "positive", 4), ("PZ", 3, "-", "negative", 3), ("TZ", 3, "-", "positive", 4),
    ("PZ", 2, "-", "positive", 2), ("TZ", 4, "-", "negative", 4), ("PZ", 5, "-", "negative", 5),
]  # fmt: skip


@pytest.mark.parametrize(("zone", "t2", "dwi", "dce", "category"), PIRADS)
def test_pirads_decides_by_the_sequence_that_dominates_in_the_zone(
    zone: str, t2: int, dwi: int | str, dce: str, category: int
) -> None:
    given = {"ZONE": zone, "T2W": str(t2), "DWI": str(dwi), "DCE": dce}
    answers = {
        ItemKey("LESIONS", "1", name): Answer(value) if value != "-" else Answer(missing="not_done")
        for name, value in given.items()
    }

    found = evaluate(ready_form("pirads21").definition, answers)

    assert found.computed[ItemKey("LESIONS", "1", "CATEGORY")] == str(category)


# Chernyak et al. 2018: hyperenhancement, size, further major features, category.
LIRADS = [
    (False, "9", "", "LR-3"), (False, "19.9", "W", "LR-3"), (False, "19.9", "WC", "LR-4"),
    (False, "20", "", "LR-3"), (False, "20", "C", "LR-4"), (False, "30", "WCG", "LR-4"),
    (True, "9.9", "", "LR-3"), (True, "9.9", "C", "LR-4"), (True, "9.9", "WCG", "LR-4"),
    (True, "10", "", "LR-3"), (True, "10", "C", "LR-4"), (True, "10", "W", "LR-5"),
    (True, "19.9", "G", "LR-5"), (True, "19.9", "WC", "LR-5"), (True, "20", "", "LR-4"),
    (True, "20", "C", "LR-5"), (True, "20", "WG", "LR-5"),
]  # fmt: skip


@pytest.mark.parametrize(("aphe", "size", "features", "category"), LIRADS)
def test_lirads_reads_the_diagnostic_table(
    aphe: bool, size: str, features: str, category: str
) -> None:
    given = {"GATE": "TABLE", "SIZE": size, "APHE": str(aphe).lower()}
    for name, letter in (("WASHOUT", "W"), ("CAPSULE", "C"), ("GROWTH", "G")):
        given[name] = str(letter in features).lower()
    answers = {ItemKey("OBSERVATIONS", "1", name): Answer(value) for name, value in given.items()}

    found = evaluate(ready_form("lirads2018").definition, answers)

    assert found.computed[ItemKey("OBSERVATIONS", "1", "CATEGORY")] == category


@pytest.mark.parametrize(
    ("right", "left", "category"),
    [("1", "2", "2"), ("3", "2", "3"), ("0", "3", "0"), ("0", "4A", "4A"), ("5", "0", "5"),
     ("6", "3", "6"), ("6", "4C", "4C"), ("1", "1", "1"), ("4B", "4A", "4B")],
)  # fmt: skip
def test_birads_gives_the_most_pressing_of_both_breasts(
    right: str, left: str, category: str
) -> None:
    answers = {
        ItemKey("BREASTS", "", "RIGHT"): Answer(right), ItemKey("BREASTS", "", "LEFT"): Answer(left)
    }  # fmt: skip

    found = evaluate(ready_form("birads").definition, answers)

    assert found.computed[ItemKey("OVERALL", "", "CATEGORY")] == category
