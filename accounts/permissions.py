"""The permission table: every verb, every object, and the grants of each preset role.

A grant is a verb on an object within a reach: `own` (tasks allocated to me and what they show),
`site` (subjects that share a site with me) or `project`. Grants add up; none is negative. Viewing
never includes running, and signing (`approve`) is a permission of its own.
"""

from dataclasses import dataclass
from typing import Literal, get_args

Verb = Literal["view", "run", "create", "edit", "retire", "approve", "assign", "export", "unblind"]
ObjectKind = Literal[
    "organization", "repository", "person", "project", "member", "role", "site", "subject",
    "visit", "image", "workflow", "step", "task", "form", "allocation", "read", "adjudication",
    "query", "report", "result", "lock", "ledger", "model", "notification", "case", "group",
    "collection",
]  # fmt: skip
Reach = Literal["own", "site", "project"]

VERBS: tuple[Verb, ...] = get_args(Verb)
OBJECT_KINDS: tuple[ObjectKind, ...] = get_args(ObjectKind)

# What a membership of an organisation may reach: administration, never trial data.
ADMINISTRATION: frozenset[ObjectKind] = frozenset({"organization", "repository", "person"})

# What belongs to subjects: a membership that names sites reaches no further than they do.
SITED: frozenset[ObjectKind] = frozenset(
    {"site", "subject", "visit", "image", "task", "allocation", "read", "adjudication", "query",
     "report", "result", "lock", "ledger"}
)  # fmt: skip


# Roles that are only ever given until a day.
TIME_BOXED = frozenset({"Inspector"})


@dataclass(frozen=True, order=True)
class Grant:
    """One verb on one object within one reach."""

    verb: Verb
    object_kind: ObjectKind
    reach: Reach


def _grants(reach: Reach, **objects: str) -> frozenset[Grant]:
    """Read `verb="object object"` into grants."""
    return frozenset(
        Grant(verb, kind, reach)
        for verb in VERBS
        for kind in OBJECT_KINDS
        if kind in objects.get(verb, "").split()
    )


PRESETS: dict[str, frozenset[Grant]] = {
    "Administrator": _grants(
        "project",
        view="organization repository person",
        create="repository person",
        edit="organization repository person",
    ),
    "Admin": _grants(
        "project",
        view="repository project member role site subject visit workflow step task form allocation"
        " query result report lock ledger model notification",
        create="project member role site subject visit workflow form allocation image lock query",
        edit="repository project member role site subject visit workflow form allocation query",
        retire="member role site form",
        approve="member workflow form allocation report ledger",
        assign="task",
        export="result ledger",
    ),
    "Editor": _grants(
        "project",
        view="project member site subject visit image workflow step task form result report lock"
        " ledger query",
        create="site subject visit workflow form image lock query read",
        edit="project site subject visit workflow form query",
        retire="form",
        approve="workflow form lock ledger",
        assign="task",
        export="result",
    ),
    "Viewer": _grants(
        "project", view="project site subject visit workflow step task form result lock"
    ),
    "Reader": _grants("own", view="project task image form", run="task", approve="read"),
    "Adjudicator": _grants(
        "own", view="project task image form adjudication", run="task", approve="read"
    ),
    "QC": _grants(
        "project",
        view="project subject visit image form task query",
        run="task",
        approve="read",
        edit="visit",
        create="query",
    ),
    "SiteUploader": _grants(
        "site",
        view="project site subject visit task query",
        run="task",
        create="image",
        edit="query",
    ),
    "Statistician": _grants(
        "project",
        view="project site subject visit workflow step task form read result lock",
        export="result",
    ),
    "Monitor": _grants(
        "project", view="project site subject visit task query ledger form report lock"
    ),
    "Sponsor": _grants("project", view="project site subject visit report lock", approve="lock"),
    "Inspector": _grants(
        "project",
        view="project member role site subject visit image workflow step task form allocation read"
        " adjudication query report result lock ledger model notification",
        export="ledger",
    ),
    "Model": _grants("project", view="project", create="read"),
    "Gateway": _grants("project", view="project", create="image subject visit"),
}
