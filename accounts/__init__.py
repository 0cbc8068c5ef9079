"""Who may do what, and the proof of what they did: people, roles, signatures and the ledger."""
