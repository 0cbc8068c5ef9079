/** The form with its draft: typing, saving, conflicts, and sending it to be signed. */

import { Alert, Button, Group, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { sentence } from "../api/problem";
import { responsesQuery } from "../api/queries";
import type { Check, CheckReasonChange, TaskDetail } from "../api/types";
import { useDrawing } from "../drawing/context";
import type { Drawing } from "../drawing/drawing";
import { FormActionsContext } from "../ecrf/actions";
import { type Address, pathOf } from "../ecrf/address";
import type { FormDefinition } from "../ecrf/definition";
import { FormView } from "../ecrf/FormView";
import { EarlierLesionsContext } from "../ecrf/lesions";
import { UploadContext } from "../ecrf/upload";
import { useKeys } from "../keys/useKeys";
import { PenLine } from "../parts/icons";
import { counted } from "../words/numbers";
import type { SaveState } from "./autosave";
import { ConflictPanel } from "./ConflictPanel";
import { contentOf } from "./draft";
import classes from "./FormPanel.module.css";
import { repeatsOf } from "./repeats";
import { SaveIndicator } from "./SaveIndicator";
import { SignedPanel } from "./SignedPanel";
import { SubmittedFooter } from "./SubmittedFooter";
import { attachFile, type Drawn, explainItem, useDraft } from "./useDraft";
import { type TaskCommands, useTaskCommands } from "./useTaskCommands";
import { useUnfinished } from "./useUnfinished";

interface DraftPanelProps {
  task: TaskDetail;
  form: FormDefinition;
  drawn: Drawn;
}

export function DraftPanel({ task, form, drawn }: DraftPanelProps) {
  const drawing = useDrawing();
  const [marks] = useState(() => drawing.load(task.read?.id ?? "", drawn.marks, drawn.byHand));
  const draft = useDraft(task, marks);
  const { autosave, answers, pending, evaluation, save } = draft;
  const commands = useTaskCommands(task, autosave);
  const unfinished = useUnfinished(autosave);
  const [showMissing, setShowMissing] = useState(false);
  const [rows, setRows] = useState<ReadonlyMap<string, number>>(new Map());
  const body = useRef<HTMLDivElement>(null);
  const editable = task.state === "in_progress" || task.state === "amending";
  const repeats = (group: string) => repeatsOf(group, answers, pending, rows.get(group) ?? 0);
  const open = editable && save.kind !== "conflict";
  const actions = {
    explain: (address: Address) => explainItem(task.id, address),
    say: open ? (reason: CheckReasonChange) => autosave.say(reason) : null,
  };
  const wanted = Boolean(form.criteria);
  const earlier =
    useQuery({ ...responsesQuery(task.id, task.state), enabled: wanted }).data ?? null;
  useDrawnDraft(drawing, draft, editable);
  useKeys({ g: () => goToOpenItem(body.current) }, editable);

  async function submit() {
    setShowMissing(true);
    if (unfinished.paths.size > 0 || !(await autosave.flush())) return;
    const { evaluation: latest } = autosave.getSnapshot();
    if ((latest?.missing_required.length ?? 0) > 0) goToOpenItem(body.current);
    else commands.submit.mutate();
  }

  return (
    <>
      <div className={classes.body} ref={body}>
        {task.signature && (
          <SignedPanel
            taskId={task.id}
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
        <UploadContext value={(file, address) => attachFile(task.id, file, address)}>
          <FormActionsContext value={actions}>
            <EarlierLesionsContext value={earlier}>
              <FormView
                form={form}
                evaluation={evaluation}
                contentOf={(path) => contentOf(path, answers, pending)}
                refusals={refusalsOf(save)}
                repeatsOf={repeats}
                readOnly={!editable || save.kind === "conflict"}
                showMissing={showMissing}
                onChange={(change) => {
                  drawing.typedByHand(pathOf(change), change.by_hand ?? null);
                  unfinished.change(change);
                }}
                onUnfinished={unfinished.leave}
                onAddRow={(group) => setRows(new Map(rows).set(group, repeats(group).length + 1))}
              />
            </EarlierLesionsContext>
          </FormActionsContext>
        </UploadContext>
      </div>
      {editable && (
        <DraftFooter
          draft={draft}
          unfinished={unfinished.paths.size}
          tried={showMissing}
          submitting={commands.submit}
          onSubmit={() => void submit()}
        />
      )}
      {task.state === "submitted" && <SubmittedFooter task={task} commands={commands} />}
    </>
  );
}

/** Let what is drawn go into the draft, and what the draft holds stand on the images. */
function useDrawnDraft(
  drawing: Drawing,
  { autosave, marks, pendingMarks, save }: ReturnType<typeof useDraft>,
  editable: boolean,
): void {
  const open = editable && save.kind !== "conflict";
  useEffect(() => {
    drawing.connect(open ? (change) => autosave.mark(change) : null);
    return () => drawing.connect(null);
  }, [drawing, autosave, open]);
  useEffect(() => drawing.sync(marks, pendingMarks), [drawing, marks, pendingMarks]);
}

interface DraftFooterProps {
  draft: ReturnType<typeof useDraft>;
  unfinished: number;
  tried: boolean;
  submitting: TaskCommands["submit"];
  onSubmit(): void;
}

function DraftFooter({ draft, unfinished, tried, submitting, onSubmit }: DraftFooterProps) {
  const { save, evaluation, autosave } = draft;
  const open = evaluation?.missing_required.length ?? 0;
  const blocked = (evaluation?.checks ?? []).filter(blocks).length;
  return (
    <footer className={classes.foot}>
      {submitting.isError && (
        <Alert color="red" role="alert" title="Not submitted">
          {sentence(submitting.error)}
        </Alert>
      )}
      <SaveIndicator state={save} onRetry={() => autosave.retry()} />
      <Group justify="space-between" wrap="nowrap">
        <Text
          size="sm"
          c={tried && open + unfinished + blocked > 0 ? "var(--mantine-color-error)" : "dimmed"}
          aria-live="polite"
        >
          {openWords(open, unfinished, blocked)}
        </Text>
        <Button
          leftSection={<PenLine size={16} />}
          loading={submitting.isPending}
          disabled={save.kind === "conflict"}
          onClick={onSubmit}
        >
          Submit and sign
        </Button>
      </Group>
    </footer>
  );
}

/** What the server found wrong, by the path of the answer; "is above 60" reads on from the item. */
function refusalsOf(save: SaveState): ReadonlyMap<string, string> {
  if (save.kind !== "refused") return new Map();
  return new Map(save.faults.map(({ where, message }) => [where, `Not saved: it ${message}.`]));
}

/** Whether a check stands against submitting: it refuses, or its warning has no reason yet. */
function blocks({ severity, reason }: Check): boolean {
  return severity === "block" || (severity === "warn" && !reason);
}

function openWords(open: number, unfinished: number, blocked: number): string {
  if (unfinished > 0) return `${counted(unfinished, "answer")} cannot be saved as typed`;
  if (open > 0) return `${counted(open, "required item")} open`;
  return blocked > 0 ? `${counted(blocked, "check")} to settle` : "Everything required is answered";
}

function goToOpenItem(body: HTMLElement | null): void {
  const field = body?.querySelector<HTMLElement>(
    "[data-item][data-open=true] :is(input, textarea)",
  );
  field?.focus();
  field?.scrollIntoView({ block: "center", behavior: "smooth" });
}
