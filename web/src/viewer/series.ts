/** A series as the viewer needs it, whichever list it came from. */

import { seriesUrl } from "./frames";

export interface ShownSeries {
  dicomweb: string;
  studyUid: string;
  seriesUid: string;
  modality: string;
  title: string;
  frames: number;
  displayable: boolean;
  thumbnail: string;
}

interface ListedStudy {
  study_uid: string;
  series: readonly {
    series_uid: string;
    modality: string;
    description: string;
    number: number | null;
    frames: number;
    displayable: boolean;
  }[];
}

export function shownSeries(dicomweb: string, studies: readonly ListedStudy[]): ShownSeries[] {
  return studies.flatMap((study) =>
    study.series.map((one) => {
      const address = { dicomweb, studyUid: study.study_uid, seriesUid: one.series_uid };
      const numbered = one.number === null ? one.modality || "Series" : `Series ${one.number}`;
      return {
        ...address,
        modality: one.modality,
        title: one.description || numbered,
        frames: one.frames,
        displayable: one.displayable,
        thumbnail: `${seriesUrl(address)}/thumbnail`,
      };
    }),
  );
}
