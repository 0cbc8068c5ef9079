/** The form side of the read page: the task's state decides what can be done. */

import { Alert, Button, Group, Text, Title } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { sentence } from "../api/problem";
import { myTasksQuery, taskQuery } from "../api/queries";
import type { TaskDetail } from "../api/types";
import type { FormDefinition } from "../ecrf/definition";
import { FormView } from "../ecrf/FormView";
import { useKeys } from "../keys/useKeys";
import { PenLine } from "../parts/icons";
import { EmptyState } from "../parts/states";
import { stateDetail } from "../tasks/states";
import { TaskStateTag } from "../tasks/TaskStateTag";
import { openTask } from "../tasks/useStartTask";
import { counted } from "../words/numbers";
import { ConflictPanel } from "./ConflictPanel";
import { contentOf } from "./draft";
import classes from "./FormPanel.module.css";
import { SaveIndicator } from "./SaveIndicator";
import { SignDialog } from "./SignDialog";
import { SignedPanel } from "./SignedPanel";
import { useDraft } from "./useDraft";
import { useTaskCommands } from "./useTaskCommands";

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
      <Body task={task} />
    </section>
  );
}

function Body({ task }: { task: TaskDetail }) {
  if (task.form === null) {
    return <EmptyState title="This step has no form">It is done when its images have arrived.</EmptyState>;
  }
  const { form } = task;
  if (task.state === "ready") return <ReadyPanel task={task} form={form} />;
  if (task.state === "waiting" || task.state === "suspended") {
    return (
      <EmptyState title={task.state === "waiting" ? "Not open yet" : "Suspended"}>
        {stateDetail(task, null) ?? "It opens by itself when what it waits for is there."}
      </EmptyState>
    );
  }
  // A new draft object for each state, so that nothing of an earlier state is carried along.
  return <DraftPanel key={task.state} task={task} form={form} />;
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
  return (
    <div className={classes.ready}>
      <Text>
        {counted(
          form.groups.reduce((sum, group) => sum + group.items.filter(({ kind }) => kind !== "note").length, 0),
          "item",
        )}{" "}
        to answer. Opening the task is entered in the ledger.
      </Text>
      {opening.isError && (
        <Alert color="red" role="alert">
          {sentence(opening.error)}
        </Alert>
      )}
      <Button size="md" loading={opening.isPending} onClick={() => opening.mutate()}>
        Start reading
      </Button>
    </div>
  );
}

function DraftPanel({ task, form }: { task: TaskDetail; form: FormDefinition }) {
  const { autosave, answers, pending, evaluation, save } = useDraft(task);
  const commands = useTaskCommands(task, autosave);
  const [showMissing, setShowMissing] = useState(false);
  const [rows, setRows] = useState<ReadonlyMap<string, number>>(new Map());
  const body = useRef<HTMLDivElement>(null);
  const editable = task.state === "in_progress" || task.state === "amending";
  const open = evaluation?.missing_required.length ?? 0;
  useKeys({ g: goToOpenItem }, editable);

  function goToOpenItem() {
    const field = body.current?.querySelector<HTMLElement>(
      "[data-item][data-open=true] :is(input, textarea)",
    );
    field?.focus();
    field?.scrollIntoView({ block: "center", behavior: "smooth" });
  }

  async function submit() {
    setShowMissing(true);
    if (await autosave.flush()) {
      const { evaluation: latest } = autosave.getSnapshot();
      if ((latest?.missing_required.length ?? 0) > 0) goToOpenItem();
      else commands.submit.mutate();
    }
  }

  function repeatsOf(group: string): string[] {
    const stored = [...answers.values(), ...pending.values()]
      .filter((one) => one.group === group && one.repeat)
      .map(({ repeat }) => Number(repeat));
    const n = Math.max(0, rows.get(group) ?? 0, ...stored);
    return Array.from({ length: n }, (_, at) => String(at + 1));
  }

  return (
    <>
      <div className={classes.body} ref={body}>
        {task.signature && (
          <SignedPanel
            signature={task.signature}
            hasNext={task.next_task !== null}
            opening={commands.next.isPending}
            onNext={() => commands.next.mutate()}
          />
        )}
        {save.kind === "conflict" && (
          <ConflictPanel
            form={form}
            items={save.items}
            onResolve={(keepMine) => autosave.resolve(keepMine)}
          />
        )}
        <FormView
          form={form}
          evaluation={evaluation}
          contentOf={(path) => contentOf(path, answers, pending)}
          repeatsOf={repeatsOf}
          readOnly={!editable || save.kind === "conflict"}
          showMissing={showMissing}
          onChange={(change) => autosave.change(change)}
          onForget={(path) => autosave.forget(path)}
          onAddRow={(group) => setRows(new Map(rows).set(group, repeatsOf(group).length + 1))}
        />
      </div>
      {editable && (
        <footer className={classes.foot}>
          {commands.submit.isError && (
            <Alert color="red" role="alert" title="Not submitted">
              {sentence(commands.submit.error)}
            </Alert>
          )}
          <SaveIndicator state={save} onRetry={() => autosave.retry()} />
          <Group justify="space-between" wrap="nowrap">
            <Text size="sm" c={open > 0 && showMissing ? "red" : "dimmed"} aria-live="polite">
              {open > 0 ? `${counted(open, "required item")} open` : "Everything required is answered"}
            </Text>
            <Button
              leftSection={<PenLine size={16} />}
              loading={commands.submit.isPending}
              disabled={save.kind === "conflict"}
              onClick={() => void submit()}
            >
              Submit and sign
            </Button>
          </Group>
        </footer>
      )}
      {task.state === "submitted" && <SubmittedFooter task={task} commands={commands} />}
    </>
  );
}

interface SubmittedFooterProps {
  task: TaskDetail;
  commands: ReturnType<typeof useTaskCommands>;
}

function SubmittedFooter({ task, commands }: SubmittedFooterProps) {
  const [signing, setSigning] = useState(true);
  const record =
    task.record_digest === null
      ? null
      : { digest: task.record_digest, statement: task.statement ?? "These are my answers." };
  return (
    <footer className={classes.foot}>
      <Text size="sm" c="dimmed">
        Submitted. It counts once it is signed.
      </Text>
      {commands.reopen.isError && (
        <Alert color="red" role="alert">
          {sentence(commands.reopen.error)}
        </Alert>
      )}
      <Group justify="space-between">
        <Button
          variant="default"
          loading={commands.reopen.isPending}
          onClick={() => commands.reopen.mutate()}
        >
          Back to the draft
        </Button>
        <Button leftSection={<PenLine size={16} />} onClick={() => setSigning(true)}>
          Sign
        </Button>
      </Group>
      {record && (
        <SignDialog
          task={task}
          record={record}
          opened={signing}
          onClose={() => setSigning(false)}
          onSigned={commands.signed}
        />
      )}
    </footer>
  );
}
