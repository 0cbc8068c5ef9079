"""The tables of the accounts kernel that stand under the ledger."""

from collections import defaultdict
from collections.abc import Iterator
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from accounts.access_changes import AccessRequestRow
from accounts.access_reviews import AccessReviewRow
from accounts.acts import SYSTEM_LOG
from accounts.database import Base
from accounts.digests import ledgered_table, row_digest
from accounts.documents import DocumentContentRow, DocumentRow
from accounts.identity import IdentityVerificationRow
from accounts.invitations import InvitationRow
from accounts.ledger.replay import LedgeredTable, RowDigest
from accounts.machine_keys import MachineKeyRow
from accounts.one_time_codes import TotpSecretRow
from accounts.passkeys import PasskeyRow
from accounts.people import PersonRow
from accounts.recovery_codes import RecoveryCodeRow
from accounts.roles import MembershipRow, RoleGrantRow, RoleRow, grant_of, role_digest
from accounts.scopes import ScopeRow
from accounts.sign_in_rules import SignInRuleRow
from accounts.signatures import SignatureRow
from accounts.single_sign_on_links import SingleSignOnLinkRow
from accounts.statements import StatementAcceptanceRow


def system_table(model: type[Base]) -> LedgeredTable:
    """Put a table that belongs to no project under the system log."""

    def digests(session: Session, log: str) -> Iterator[RowDigest]:
        if log == SYSTEM_LOG:
            for row in session.scalars(select(model)):
                yield row.id, row_digest(row)  # type: ignore[attr-defined]

    return LedgeredTable(model.__tablename__, digests)


def _scoped_table(model: type[Base], scope: InstrumentedAttribute[str]) -> LedgeredTable:
    """Put a table under each project's log, and what is given above projects under the system's."""

    def digests(session: Session, log: str) -> Iterator[RowDigest]:
        projects = select(ScopeRow.id).where(ScopeRow.kind == "project")
        here = scope.not_in(projects) if log == SYSTEM_LOG else scope == log
        for row in session.scalars(select(model).where(here)):
            yield row.id, row_digest(row)  # type: ignore[attr-defined]

    return LedgeredTable(model.__tablename__, digests)


def _role_digests(session: Session, log: str) -> Iterator[RowDigest]:
    """Yield (role id, digest of its name and grants): a grant slipped in changes its role's."""
    if log != SYSTEM_LOG:
        return
    grants = defaultdict(list)
    for row in session.scalars(select(RoleGrantRow)):
        grants[row.role_id].append(grant_of(row).words)
    for role in session.scalars(select(RoleRow)):
        yield role.id, role_digest(role, grants[role.id])


def _content_digests(session: Session, log: str) -> Iterator[RowDigest]:
    """Yield (document id, digest of its bytes), one document in memory at a time."""
    if log == SYSTEM_LOG:
        query = select(DocumentContentRow.document_id, DocumentContentRow.content)
        for id, content in session.execute(query.execution_options(yield_per=1)):
            yield id, sha256(content).hexdigest()


TABLES = (
    system_table(PersonRow),
    LedgeredTable("roles", _role_digests),
    _scoped_table(ScopeRow, ScopeRow.id),
    _scoped_table(MembershipRow, MembershipRow.scope_id),
    _scoped_table(MachineKeyRow, MachineKeyRow.scope_id),
    _scoped_table(AccessRequestRow, AccessRequestRow.scope_id),
    _scoped_table(AccessReviewRow, AccessReviewRow.scope_id),
    ledgered_table(SignatureRow, SignatureRow.log),
    system_table(StatementAcceptanceRow),
    system_table(IdentityVerificationRow),
    system_table(DocumentRow),
    LedgeredTable(DocumentContentRow.__tablename__, _content_digests),
    system_table(InvitationRow),
    system_table(TotpSecretRow),
    system_table(PasskeyRow),
    system_table(RecoveryCodeRow),
    system_table(SingleSignOnLinkRow),
    system_table(SignInRuleRow),
)
