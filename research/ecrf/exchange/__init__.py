"""Forms in the shapes of others: JSON Schema, CDISC ODM, REDCap; and what changed between two."""
