"""Code lists that a form may name instead of writing them out, with codes of the NCI Thesaurus.

The NCI Thesaurus is published by the National Cancer Institute under CC BY 4.0.
"""

from collections.abc import Mapping

LICENCE = "NCI Thesaurus, National Cancer Institute, CC BY 4.0"


def _codes(*rows: tuple[str, str, str]) -> list[dict[str, str]]:
    return [
        {"code": code, "label": label, "standard_code": nci} for code, label, nci in rows
    ]  # fmt: skip


_RESPONSES = (
    ("CR", "Complete response", "NCIt:C4870"),
    ("PR", "Partial response", "NCIt:C18058"),
    ("SD", "Stable disease", "NCIt:C18213"),
    ("PD", "Progressive disease", "NCIt:C35571"),
)
_NOT_EVALUABLE = ("NE", "Not evaluable", "NCIt:C62222")
_PERSISTS = ("NON-CR/NON-PD", "Neither complete response nor progressive disease", "")

CODE_LISTS: Mapping[str, list[dict[str, str]]] = {
    "RECIST_OVERALL": _codes(*_RESPONSES, _PERSISTS, _NOT_EVALUABLE),
    "RECIST_TARGET": _codes(*_RESPONSES, _NOT_EVALUABLE),
    "RECIST_NON_TARGET": _codes(_RESPONSES[0], _PERSISTS, _RESPONSES[3], _NOT_EVALUABLE),
    "LESION_STATUS": _codes(
        ("present", "Present", ""),
        ("absent", "Absent", ""),
        ("too_small", "Too small to measure", ""),
        ("not_evaluable", "Not evaluable", ""),
        ("split", "Split into several", ""),
        ("merged", "Merged with another", ""),
    ),
    "LESION_ORGAN": _codes(
        ("liver", "Liver", "NCIt:C12392"),
        ("lung", "Lung", "NCIt:C12468"),
        ("lymph_node", "Lymph node", "NCIt:C12745"),
        ("adrenal_gland", "Adrenal gland", "NCIt:C12666"),
        ("bone", "Bone", "NCIt:C12366"),
        ("brain", "Brain", "NCIt:C12439"),
        ("breast", "Breast", "NCIt:C12971"),
        ("kidney", "Kidney", "NCIt:C12415"),
        ("pancreas", "Pancreas", "NCIt:C12393"),
        ("skin", "Skin", "NCIt:C12470"),
        ("spleen", "Spleen", "NCIt:C12432"),
        ("other", "Other", ""),
    ),
}
