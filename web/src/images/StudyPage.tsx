/** One study in the viewer, for those who may see a project's images. */

import { useQuery } from "@tanstack/react-query";
import { Link, useParams, useSearch } from "@tanstack/react-router";
import { studiesQuery } from "../api/queries";
import { Answered, EmptyState } from "../parts/states";
import { usePageTitle } from "../parts/title";
import { shownSeries } from "../viewer/series";
import { Viewer } from "../viewer/Viewer";
import { studyName } from "./ImagesPage";
import classes from "./StudyPage.module.css";

const MOST_STUDIES = 500;

export function StudyPage() {
  const { projectId } = useParams({ from: "/app/projects/$projectId/study" });
  const { uid: studyUid, subject = null } = useSearch({ from: "/app/projects/$projectId/study" });
  usePageTitle("Study");
  const studies = useQuery(studiesQuery(projectId, { offset: 0, limit: MOST_STUDIES, subject }));
  return (
    <div className={classes.page}>
      <Answered of={studies} what="the study">
        {(found) => {
          const study = found.studies.find((one) => one.study_uid === studyUid);
          if (study === undefined) {
            return (
              <EmptyState
                title="This study is not in the project"
                action={
                  <Link to="/projects/$projectId/images" params={{ projectId }}>
                    To the images
                  </Link>
                }
              >
                It may have been moved to another visit or withdrawn.
              </EmptyState>
            );
          }
          return (
            <>
              <header className={classes.head}>
                <Link to="/projects/$projectId/images" params={{ projectId }}>
                  Images
                </Link>
                <h1>{studyName(study)}</h1>
                <span>{study.modalities.join(", ")}</span>
              </header>
              <Viewer key={studyUid} series={shownSeries(found.dicomweb, [study])} />
            </>
          );
        }}
      </Answered>
    </div>
  );
}
