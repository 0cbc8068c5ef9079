"""Histories of one subject, written as a table: lesion, then its size at each visit."""

from datetime import date, timedelta
from decimal import Decimal

from research.criteria.lesions import Finding, History, Lesion, Visit

DAY_0 = date(2026, 1, 12)
WORDS = {
    "absent": "absent",
    "too small": "too_small",
    "NE": "not_evaluable",
    "split": "split",
    "merged": "merged",
}
ROLES = {"T": "target", "NT": "non_target", "NEW": "new"}


def finding(number, text):
    """Read `31`, `12 x 8`, `too small`, `absent`, `progressed`, `worse 12`, `maybe 7`."""
    for word, flag in (("progressed", "progressed"), ("worse", "worse"), ("maybe", "equivocal")):
        if text.startswith(word):
            rest = text.removeprefix(word).strip() or "10"
            mm = Decimal(rest)
            return Finding(lesion=number, mm=mm, stated=text, **{flag: True})
    if text in WORDS:
        return Finding(lesion=number, status=WORDS[text], stated=text)
    long, _, across = text.partition(" x ")
    return Finding(
        lesion=number,
        mm=Decimal(long),
        across_mm=Decimal(across) if across else None,
        stated=text,
    )


def history(rows, *, days=None, codes=None, nodes=(), organs=None, parents=None, facts=()):
    """Build a history; a dash is no finding at that visit."""
    n = max((len(texts) for texts in rows.values()), default=len(facts))
    days = days or [-7, 42, 85, 125, 167, 209, 251, 293][:n]
    codes = codes or ["BL", "W6", "W12", "W18", "W24", "W30", "W36", "W42"][:n]
    lesions = tuple(
        Lesion(
            number=number,
            role=ROLES[number.rstrip("0123456789abc")],
            organ=(organs or {}).get(number, "liver"),
            node=number in nodes,
            parent=(parents or {}).get(number),
        )
        for number in rows
    )
    visits = tuple(
        Visit(
            code,
            DAY_0 + timedelta(day),
            tuple(
                finding(number, texts[at])
                for number, texts in rows.items()
                if at < len(texts) and texts[at] != "-"
            ),
            facts[at] if at < len(facts) else {},
        )
        for at, (code, day) in enumerate(zip(codes, days, strict=True))
    )
    return History(lesions, visits)
