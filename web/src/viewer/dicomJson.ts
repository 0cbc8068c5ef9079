/** The DICOM JSON model (PS3.18 F.2) as far as the viewer reads it. */

export interface DicomElement {
  vr: string;
  Value?: unknown[];
  InlineBinary?: string;
}

export type DicomJson = Readonly<Record<string, DicomElement | undefined>>;
