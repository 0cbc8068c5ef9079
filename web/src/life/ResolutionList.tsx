/** The resolutions of a project: what is to be signed for, who signed, whose seat is free. */

import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ask, client } from "../api/client";
import { sentence } from "../api/problem";
import { certificatesQuery, resolutionsQuery } from "../api/queries";
import type { Project, Resolution } from "../api/types";
import classes from "../locks/LocksPage.module.css";
import { Digest } from "../parts/Digest";
import { PageHeader } from "../parts/PageHeader";
import { Answered } from "../parts/states";
import { Tag } from "../parts/Tag";
import { words } from "../words/numbers";
import { utc } from "../words/time";
import { labelOf, offersIn } from "./kinds";
import { ProposeDialog } from "./ProposeDialog";
import { SignResolution } from "./SignResolution";

export function ResolutionList({ project, maySign }: { project: Project; maySign: boolean }) {
  const found = useQuery(resolutionsQuery(project.id));
  const certificates = useQuery(certificatesQuery(project.id));
  const [proposing, dialog] = useDisclosure(false);
  return (
    <Stack gap="md">
      <PageHeader
        order={2}
        title="Freeze, lock and end"
        about={`The project is ${project.state}. What happens to it as a whole is signed for first.`}
        actions={
          maySign &&
          offersIn(project.state).length > 0 && (
            <Button variant="default" onClick={dialog.open}>
              Put something forward
            </Button>
          )
        }
      />
      <Answered of={found} what="the resolutions">
        {(all) =>
          all.length === 0 ? (
            <Text size="sm" c="dimmed">
              Nothing has been put forward yet.
            </Text>
          ) : (
            all.map((one) => (
              <ResolutionCard key={one.id} resolution={one} project={project} maySign={maySign} />
            ))
          )
        }
      </Answered>
      {certificates.data?.map((one) => (
        <article key={one.id} className={classes.lock} data-testid="certificate">
          <Group justify="space-between">
            <Text fw={600}>Certificate of destruction</Text>
            <Digest value={one.digest} what="digest of the certificate" />
          </Group>
          <Text size="sm" c="dimmed">
            {utc(one.made_at)}, ledger sequence {one.ledger_sequence}
          </Text>
          <Button
            mt="xs"
            size="xs"
            variant="default"
            component="a"
            href={`/api/projects/${encodeURIComponent(project.id)}/certificates/${encodeURIComponent(one.id)}?format=pdf`}
          >
            Download as PDF
          </Button>
        </article>
      ))}
      <ProposeDialog project={project} opened={proposing} onClose={dialog.close} />
    </Stack>
  );
}

interface CardProps {
  resolution: Resolution;
  project: Project;
  maySign: boolean;
}

function ResolutionCard({ resolution, project, maySign }: CardProps) {
  const [signing, setSigning] = useState(false);
  const queries = useQueryClient();
  const executing = useMutation({
    mutationFn: () =>
      ask(
        client.POST("/api/projects/{project_id}/resolutions/{resolution_id}/execution", {
          params: { path: { project_id: project.id, resolution_id: resolution.id } },
        }),
      ),
    onSettled: () => queries.invalidateQueries({ queryKey: ["projects", project.id] }),
  });
  const waits = resolution.state === "approved" || resolution.state === "executing";
  return (
    <article className={classes.lock} data-testid="resolution">
      <Group justify="space-between" align="baseline">
        <h3 className={classes.name}>
          {resolution.number}. {labelOf(resolution.kind)}
        </h3>
        <Tag tone={resolution.state === "done" ? "good" : "neutral"}>{words(resolution.state)}</Tag>
      </Group>
      <Text size="sm">{resolution.reason_text}</Text>
      <Text size="sm" c="dimmed">
        Put forward {utc(resolution.proposed_at)} by {resolution.proposed_by}
      </Text>
      <ul aria-label="Signatures">
        {resolution.signatures.map((one) => (
          <li key={one.id}>
            <Text size="sm">
              {one.printed_name} · {utc(one.signed_at)} · {words(one.meaning)}
            </Text>
          </li>
        ))}
        {resolution.state === "open" &&
          resolution.missing.map((seat) => (
            <li key={seat}>
              <Text size="sm" c="dimmed">
                Not signed yet: {seat}
              </Text>
            </li>
          ))}
      </ul>
      {executing.isError && (
        <Alert color="red" role="alert" title="Not carried out">
          {sentence(executing.error)}
        </Alert>
      )}
      {maySign && resolution.state === "open" && (
        <Button size="xs" onClick={() => setSigning(true)}>
          Sign
        </Button>
      )}
      {maySign && waits && (
        <Button
          size="xs"
          color="red"
          loading={executing.isPending}
          onClick={() => executing.mutate()}
        >
          Carry it out: this cannot be undone
        </Button>
      )}
      <SignResolution
        resolution={resolution}
        projectId={project.id}
        opened={signing}
        onClose={() => setSigning(false)}
      />
    </article>
  );
}
