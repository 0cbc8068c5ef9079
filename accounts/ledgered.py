"""The tables of the accounts kernel that stand under the ledger."""

from accounts.digests import ledgered_table
from accounts.signatures import SignatureRow

TABLES = (ledgered_table(SignatureRow, SignatureRow.log),)
