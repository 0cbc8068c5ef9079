"""Annotations: geometry on images as a record, what it measures, and its DICOM objects."""
