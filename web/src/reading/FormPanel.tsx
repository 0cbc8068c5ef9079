/** The form side of the read page: the task's state decides what can be done. */

import { Alert, Button, Text, Title } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { sentence } from "../api/problem";
import { myTasksQuery, taskQuery } from "../api/queries";
import type { TaskDetail } from "../api/types";
import type { FormDefinition } from "../ecrf/definition";
import { Answered, EmptyState } from "../parts/states";
import { stateDetail } from "../tasks/states";
import { TaskStateTag } from "../tasks/TaskStateTag";
import { openTask } from "../tasks/useStartTask";
import { counted } from "../words/numbers";
import { useNow } from "../words/useNow";
import { DraftPanel } from "./DraftPanel";
import { EarlierVisits } from "./EarlierVisits";
import classes from "./FormPanel.module.css";
import { loadDrawn, NOTHING_DRAWN } from "./useDraft";

export function FormPanel({ task }: { task: TaskDetail }) {
  return (
    <section className={classes.panel} aria-label="Form">
      <header className={classes.head}>
        <div>
          <Title order={1} size="h3">
            {task.form?.title ?? task.step.title}
          </Title>
          <Text size="xs" c="dimmed">
            <span className={classes.code}>{task.label}</span>
            {task.visit_label && ` · ${task.visit_label}`}
            {task.position && ` · ${task.position}`}
          </Text>
        </div>
        <TaskStateTag state={task.state} />
      </header>
      <EarlierVisits task={task} />
      <Body task={task} />
    </section>
  );
}

function Body({ task }: { task: TaskDetail }) {
  const now = useNow();
  if (task.form === null) {
    return (
      <EmptyState title="This step has no form">
        It is done when its images have arrived.
      </EmptyState>
    );
  }
  if (task.state === "ready") return <ReadyPanel task={task} form={task.form} />;
  if (task.state === "waiting" || task.state === "suspended") {
    return (
      <EmptyState title={task.state === "waiting" ? "Not open yet" : "Suspended"}>
        {stateDetail(task, now) || "It opens by itself when what it waits for is there."}
      </EmptyState>
    );
  }
  // A new draft object for each state, so that nothing of an earlier state is carried along.
  return <Drafted key={task.state} task={task} form={task.form} />;
}

/** The draft with what it has drawn: marks and answers are one record and come together. */
function Drafted({ task, form }: { task: TaskDetail; form: FormDefinition }) {
  const readId = task.read?.id ?? "";
  const drawn = useQuery({
    queryKey: ["tasks", task.id, "drawn", readId],
    queryFn: () => loadDrawn(task.id),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
    enabled: readId !== "",
  });
  if (readId === "") return <DraftPanel task={task} form={form} drawn={NOTHING_DRAWN} />;
  return (
    <Answered of={drawn} what="the marks of this read">
      {(found) => <DraftPanel task={task} form={form} drawn={found} />}
    </Answered>
  );
}

function ReadyPanel({ task, form }: { task: TaskDetail; form: FormDefinition }) {
  const queries = useQueryClient();
  const opening = useMutation({
    mutationFn: () => openTask(task.id),
    onSuccess: (opened) => {
      queries.setQueryData(taskQuery(task.id).queryKey, opened);
      return queries.invalidateQueries({ queryKey: myTasksQuery.queryKey, exact: true });
    },
  });
  const items = form.groups.flatMap((group) => group.items).filter(({ kind }) => kind !== "note");
  return (
    <div className={classes.ready}>
      <Text>
        {counted(items.length, "item")} to answer. Opening the task is entered in the ledger.
      </Text>
      {opening.isError && (
        <Alert color="red" role="alert" title="Not opened">
          {sentence(opening.error)}
        </Alert>
      )}
      <Button size="md" loading={opening.isPending} onClick={() => opening.mutate()}>
        Start reading
      </Button>
    </div>
  );
}
