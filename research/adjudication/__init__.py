"""Adjudication: by which rules readers' records differ, who decides, and which record counts."""
