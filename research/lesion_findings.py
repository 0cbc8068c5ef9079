"""What a lesion's finding says in words and in millimetres that count."""

from decimal import Decimal

from research.criteria.lesions import Finding, History, Lesion, Visit, counted

TOO_SMALL = "too small to measure"


def stated_words(finding: Finding) -> str:
    """Return what the reader stated: the own words, else the size, else the status in words."""
    if finding.stated:
        return finding.stated
    if finding.status == "too_small":
        return TOO_SMALL
    return "" if finding.mm is None else f"{finding.mm:f}"


def counted_mm(history: History, visit: Visit, lesion: Lesion) -> Decimal | None:
    """Return the millimetres that count at a visit; a lesion nobody measures has none."""
    finding = visit.by_lesion.get(lesion.number)
    if finding is None or (finding.status == "present" and finding.mm is None):
        return None
    return counted(history, visit, lesion)
