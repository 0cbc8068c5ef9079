/** The studies of a project, newest first, each with a picture and its series. */

import { Stack, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { studiesQuery } from "../api/queries";
import type { Study } from "../api/types";
import { PageHeader } from "../parts/PageHeader";
import { Pager } from "../parts/Pager";
import page from "../parts/page.module.css";
import { Answered, EmptyState } from "../parts/states";
import { usePageTitle } from "../parts/title";
import { useProject } from "../projects/project";
import { counted } from "../words/numbers";
import { ago, utc } from "../words/time";
import { useNow } from "../words/useNow";
import classes from "./ImagesPage.module.css";
import { Thumbnail } from "./Thumbnail";

const PER_PAGE = 48;

export function ImagesPage() {
  const project = useProject();
  usePageTitle(`${project.code}: images`);
  const [offset, setOffset] = useState(0);
  const [subject, setSubject] = useState("");
  const [asked] = useDebouncedValue(subject.trim(), 350);
  const studies = useQuery(
    studiesQuery(project.id, { offset, limit: PER_PAGE, subject: asked === "" ? null : asked }),
  );

  return (
    <Stack gap="md">
      <PageHeader
        order={2}
        title="Images"
        about={studies.data && `${counted(studies.data.total, "study", "studies")}, newest first`}
        actions={
          <TextInput
            aria-label="Subject code"
            placeholder="Subject code"
            size="xs"
            value={subject}
            onChange={(event) => {
              setSubject(event.currentTarget.value);
              setOffset(0);
            }}
          />
        }
      />
      <Answered of={studies} what="the studies">
        {(found) =>
          found.studies.length === 0 ? (
            <div className={page.card}>
              <EmptyState title={asked === "" ? "No images yet" : `No study of subject ${asked}`}>
                {asked === ""
                  ? "Studies appear here as soon as a gateway or an upload has delivered them."
                  : "The code must be typed in full, as it is written in the project."}
              </EmptyState>
            </div>
          ) : (
            <>
              <ul className={classes.grid}>
                {found.studies.map((study) => (
                  <StudyCard key={study.study_uid} study={study} projectId={project.id} />
                ))}
              </ul>
              {found.total > PER_PAGE && (
                <Pager
                  what="studies"
                  total={found.total}
                  offset={offset}
                  limit={PER_PAGE}
                  onMove={setOffset}
                />
              )}
            </>
          )
        }
      </Answered>
    </Stack>
  );
}

function StudyCard({ study, projectId }: { study: Study; projectId: string }) {
  const now = useNow();
  return (
    <li className={classes.card} data-study-uid={study.study_uid}>
      <Thumbnail address={study.thumbnail_url ?? null} what={`study of ${studyName(study)}`} />
      <div className={classes.text}>
        <Link
          to="/projects/$projectId/study"
          params={{ projectId }}
          search={{ uid: study.study_uid, subject: study.subject_code ?? undefined }}
          className={classes.open}
        >
          {studyName(study)}
        </Link>
        <Text size="xs" c="dimmed">
          {study.modalities.join(", ")} · {counted(study.series.length, "series", "series")} ·{" "}
          {counted(study.frames, "frame")}
        </Text>
        {study.received_at !== null && (
          <Text size="xs" c="dimmed" title={utc(study.received_at)}>
            Received {ago(study.received_at, now)}
          </Text>
        )}
      </div>
    </li>
  );
}

/** A study is held until somebody says whose it is. */
export function studyName({ subject_code, visit_label }: Study): string {
  if (subject_code === null) return "Not matched yet";
  return visit_label === null ? subject_code : `${subject_code} · ${visit_label}`;
}
