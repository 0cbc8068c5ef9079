"""The constants that expressions may name: those of the charter, and what the criteria computed."""

from collections.abc import Mapping

from research.ecrf.language.scope import Kind

CHARTER: Mapping[str, Kind] = {
    "confirmation_days": Kind.NUMBER,
    "sd_days": Kind.NUMBER,
    "therapy_date": Kind.DATE,
}

_TEXTS = ("overall", "target", "non_target", "new_lesion", "best", "recist", "pet", "ct", "flair",
          "clinical", "explanation", "problem")  # fmt: skip
_SIZES = ("sum", "baseline", "nadir", "change_from_baseline", "change_from_nadir")
_PERCENTS = ("change_from_baseline_percent", "change_from_nadir_percent")

CRITERIA: Mapping[str, Kind] = {
    **dict.fromkeys(_TEXTS, Kind.TEXT),
    **{f"{size}_{unit}": Kind.NUMBER for size in _SIZES for unit in ("mm", "mm2")},
    **dict.fromkeys(_PERCENTS, Kind.NUMBER),
}


def constants_of(criteria: str) -> Mapping[str, Mapping[str, Kind]]:
    """Return the names by namespace; a form without criteria has none of theirs."""
    return {"charter": CHARTER} | ({"criteria": CRITERIA} if criteria else {})
