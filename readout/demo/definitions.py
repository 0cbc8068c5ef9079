"""The demo's forms and workflows."""

from pydantic import JsonValue

from readout.demo.lidc import RATINGS


def choice(
    oid: str, label: str, codes: dict[str, str], *, required: bool = True, help: str = ""
) -> JsonValue:
    """Return an item that takes one code of a list."""
    return {
        "oid": oid,
        "label": label,
        "kind": "choice",
        "required": required,
        "help": help,
        "code_list": [{"code": code, "label": text} for code, text in codes.items()],
    }


IMAGE_QC: JsonValue = {
    "oid": "IMAGE_QC",
    "version": "1.0.0",
    "title": "Image quality control",
    "groups": [
        {
            "oid": "QUALITY",
            "label": "Are these images fit to be read?",
            "items": [
                choice(
                    "COVERAGE",
                    "The expected body part is covered",
                    {"YES": "Yes", "NO": "No"},
                ),
                choice(
                    "QUALITY",
                    "Image quality",
                    {"GOOD": "Good", "LIMITED": "Limited, readable", "POOR": "Not readable"},
                ),
                choice(
                    "DECISION",
                    "Decision",
                    {"approve": "Approve for reading", "reject": "Reject to the upload"},
                ),
                {"oid": "REMARK", "label": "Remark", "kind": "text", "max_length": 500},
            ],
        }
    ],
}

NODULE_READ: JsonValue = {
    "oid": "NODULE_READ",
    "version": "1.0.0",
    "title": "Lung nodule read",
    "groups": [
        {
            "oid": "FINDING",
            "label": "Finding",
            "items": [
                choice(
                    "NODULE",
                    "Is there a lung nodule of 6 mm or more?",
                    {"YES": "Yes", "NO": "No"},
                ),
                {
                    "oid": "CONFIDENCE",
                    "label": "How sure are you that there is one?",
                    "kind": "scale",
                    "required": True,
                    "min": 0,
                    "max": 100,
                    "step": 5,
                    "min_label": "surely not",
                    "max_label": "surely",
                },
                {
                    "oid": "DIAMETER",
                    "label": "Longest diameter of the largest nodule",
                    "kind": "decimal",
                    "unit": "mm",
                    "min": "0",
                    "max": "200",
                    "help": "On the axial slice that shows it largest; empty if there is none.",
                },
                choice(
                    "SIDE",
                    "Side of the largest nodule",
                    {"RIGHT": "Right", "LEFT": "Left"},
                    required=False,
                ),
            ],
        },
        {
            "oid": "READ",
            "label": "This read",
            "items": [
                choice(
                    "QUALITY",
                    "Image quality for this question",
                    {"GOOD": "Good", "LIMITED": "Limited", "POOR": "Poor"},
                ),
                {"oid": "COMMENT", "label": "Comment", "kind": "text", "max_length": 1000},
            ],
        },
    ],
}

LIDC_NODULES: JsonValue = {
    "oid": "LIDC_NODULES",
    "version": "1.0.0",
    "title": "LIDC nodule characteristics",
    "groups": [
        {
            "oid": "NODULE",
            "label": "Nodule of 3 mm or more",
            "repeats": True,
            "items": [
                *(
                    choice(
                        name.upper(),
                        label,
                        {str(code): text for code, text in enumerate(codes, start=1)},
                    )
                    for name, (label, codes) in RATINGS.items()
                ),
                {
                    "oid": "DIAMETER",
                    "label": "Largest in-plane extent of the outline",
                    "kind": "decimal",
                    "unit": "mm",
                    "help": "Derived from the published outline, not stated by the reader.",
                },
            ],
        }
    ],
}


def workflow(read_form: str, *visits: tuple[str, str], positions: tuple[str, ...]) -> JsonValue:
    """Return a workflow of upload, quality control and independent reads."""
    return {
        "visits": [
            {"code": code, "label": label, "day": 0 if number == 0 else None}
            for number, (code, label) in enumerate(visits)
        ],
        "steps": list(_steps(read_form, positions)),
    }


def _steps(read_form: str, positions: tuple[str, ...]) -> tuple[dict[str, JsonValue], ...]:
    """Return upload, quality control and independent reads."""
    return (
        {
            "code": "UPLOAD",
            "title": "Upload",
            "type": "upload",
            "role": "SiteUploader",
            "needs_signature": False,
        },
        {
            "code": "QC",
            "title": "Quality control",
            "type": "qc",
            "role": "QC",
            "follows": ["UPLOAD"],
            "form": {"oid": "IMAGE_QC", "version": "1.0.0"},
        },
        {
            "code": "READ",
            "title": "Read",
            "type": "read",
            "role": "Reader",
            "follows": ["QC"],
            "form": {"oid": read_form, "version": "1.0.0"},
            "positions": list(positions),
        },
    )


def recist_workflow() -> JsonValue:
    """Return the workflow of a trial read by RECIST 1.1: four visits, two independent readers."""
    planned = (("BL", "Baseline", 0), ("W6", "Week 6", 42), ("W12", "Week 12", 84),
               ("W18", "Week 18", 126))  # fmt: skip
    upload, quality, read = (dict(step) for step in _steps("RECIST11", ("R1", "R2")))
    read["baseline_form"] = {"oid": "RECIST11_BASELINE", "version": "1.0.0"}
    read["criteria"] = {"name": "recist-1.1", "version": "1.0.0"}
    return {
        "visits": [
            {"code": code, "label": label, "day": day, "days_before": 7, "days_after": 7}
            for code, label, day in planned
        ],
        "steps": [upload, quality, read],
    }
