"""The life of a task: every state, every event, and what is allowed; all else is refused."""

from typing import Literal, get_args

from research.errors import IllegalTransition

TaskState = Literal[
    "waiting", "ready", "in_progress", "submitted", "done", "suspended", "failed",
    "amending", "stale", "superseded", "cancelled",
]  # fmt: skip
TaskEvent = Literal[
    "inputs_ready", "inputs_lost", "assign", "open", "save", "hand_over", "submit", "reopen",
    "sign", "confirm", "suspend", "resume", "fail", "retry", "amend", "abandon",
    "input_changed", "reconfirm", "repeat", "cancel",
]  # fmt: skip

STATES: tuple[TaskState, ...] = get_args(TaskState)
EVENTS: tuple[TaskEvent, ...] = get_args(TaskEvent)
FINAL: frozenset[TaskState] = frozenset({"superseded", "cancelled"})

# From, event, to. Who may and what must hold is asked by the command that fires the event.
TRANSITIONS: dict[tuple[TaskState, TaskEvent], TaskState] = {
    ("waiting", "inputs_ready"): "ready",
    ("ready", "inputs_lost"): "waiting",
    ("ready", "assign"): "ready",
    ("ready", "open"): "in_progress",
    ("in_progress", "save"): "in_progress",
    ("in_progress", "hand_over"): "ready",
    ("in_progress", "submit"): "submitted",
    ("submitted", "reopen"): "in_progress",
    ("submitted", "sign"): "done",
    ("submitted", "confirm"): "done",
    ("in_progress", "suspend"): "suspended",
    ("submitted", "suspend"): "suspended",
    ("suspended", "resume"): "in_progress",
    ("in_progress", "fail"): "failed",
    ("failed", "retry"): "ready",
    ("done", "amend"): "amending",
    ("amending", "sign"): "done",
    ("amending", "abandon"): "done",
    ("done", "input_changed"): "stale",
    ("stale", "reconfirm"): "done",
    ("stale", "amend"): "amending",
    ("stale", "repeat"): "superseded",
    ("done", "repeat"): "superseded",
    ("waiting", "cancel"): "cancelled",
    ("ready", "cancel"): "cancelled",
    ("in_progress", "cancel"): "cancelled",
    ("submitted", "cancel"): "cancelled",
    ("suspended", "cancel"): "cancelled",
    ("failed", "cancel"): "cancelled",
    ("stale", "cancel"): "cancelled",
}


def after(state: str, event: TaskEvent, *, task_id: str) -> TaskState:
    """Return the state that an event leads to, or raise `IllegalTransition`."""
    for (source, name), target in TRANSITIONS.items():
        if source == state and name == event:
            return target
    raise IllegalTransition(f"task {task_id} is {state}: {event} is not possible from there")
