"""The tamper-evident log: one RFC 9162 Merkle tree per project and one for the system."""
