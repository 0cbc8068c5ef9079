"""How an organisation's people sign in: with a second factor or not, idle for how long."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, Session, mapped_column

from accounts.acts import SYSTEM_LOG, Act
from accounts.authorize import authorize
from accounts.database import Base
from accounts.digests import rows_named
from accounts.errors import Refused

LEAST_IDLE_MINUTES = 15
MOST_IDLE_MINUTES = 30


class SignInRuleRow(Base):
    """An organisation's rules as stored, by the organisation's id."""

    __tablename__ = "sign_in_rules"

    id: Mapped[str] = mapped_column(String(36), ForeignKey("scopes.id"), primary_key=True)
    second_factor_required: Mapped[bool]
    idle_minutes: Mapped[int]
    ledger_sequence: Mapped[int]


@dataclass(frozen=True)
class SignInRules:
    """What is asked of whoever signs in; as it stands here where nobody decided otherwise."""

    second_factor_required: bool = True
    idle_minutes: int = MOST_IDLE_MINUTES

    @property
    def idle_limit(self) -> timedelta:
        """Return how long a login session may be left alone."""
        return timedelta(minutes=self.idle_minutes)


# An account that belongs to no organisation was made by the installation itself.
NO_ORGANIZATION = SignInRules(second_factor_required=False)


def rules_of(session: Session, organization_id: str | None) -> SignInRules:
    """Return the rules for the people of an organisation."""
    if organization_id is None:
        return NO_ORGANIZATION
    return rules_from(session.get(SignInRuleRow, organization_id))


def rules_from(row: SignInRuleRow | None) -> SignInRules:
    """Return the rules that a row states, or the usual ones where there is none."""
    return SignInRules(row.second_factor_required, row.idle_minutes) if row else SignInRules()


def set_rules(act: Act, organization_id: str, rules: SignInRules) -> None:
    """Decide for an organisation; whoever is signed in meets the new limits at once."""
    authorize(act, "edit", "organization", organization_id)
    if not LEAST_IDLE_MINUTES <= rules.idle_minutes <= MOST_IDLE_MINUTES:
        raise Refused(
            f"a login session may be idle for {LEAST_IDLE_MINUTES} to {MOST_IDLE_MINUTES} minutes"
        )
    row = act.session.get(SignInRuleRow, organization_id, with_for_update=True)
    before = rules_from(row)
    if row is None:
        row = SignInRuleRow(id=organization_id, ledger_sequence=0)
    row.second_factor_required = rules.second_factor_required
    row.idle_minutes = rules.idle_minutes
    act.session.add(row)
    row.ledger_sequence = act.record(
        SYSTEM_LOG,
        "sign_in_rules_changed",
        "organization",
        organization_id,
        before={"second_factor": before.second_factor_required, "idle": before.idle_minutes},
        after={"second_factor": rules.second_factor_required, "idle": rules.idle_minutes},
        rows=rows_named(row),
    )
    act.session.flush()
