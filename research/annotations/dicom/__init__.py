"""Annotations as DICOM objects, written on the server and read back; bytes are the door's."""
