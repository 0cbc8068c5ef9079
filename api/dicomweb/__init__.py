"""What DICOMweb (PS3.18) needs beside the routes: multipart, DICOM JSON, queries, pictures."""
