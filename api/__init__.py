"""The HTTP door: sessions, tasks, DICOMweb, tables and the ledger for browsers and machines."""
