"""The on-premises DICOM gateway: receives, spools, de-identifies, forwards, and loses nothing."""
