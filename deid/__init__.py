"""De-identification of DICOM objects: the PS3.15 Annex E table, keyed pseudonyms, closed world."""
