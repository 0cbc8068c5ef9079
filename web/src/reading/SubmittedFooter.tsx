/** Submitted and not yet signed: sign, or go back to the draft. */

import { Alert, Button, Group, Text } from "@mantine/core";
import { useState } from "react";
import { sentence } from "../api/problem";
import type { TaskDetail } from "../api/types";
import { PenLine } from "../parts/icons";
import classes from "./FormPanel.module.css";
import { SignDialog } from "./SignDialog";
import type { TaskCommands } from "./useTaskCommands";

interface SubmittedFooterProps {
  task: TaskDetail;
  commands: TaskCommands;
}

export function SubmittedFooter({ task, commands }: SubmittedFooterProps) {
  const [signing, setSigning] = useState(true);
  const { record_digest: digest, read } = task;
  return (
    <footer className={classes.foot}>
      <Text size="sm" c="dimmed">
        Submitted. It counts once it is signed.
      </Text>
      {commands.reopen.isError && (
        <Alert color="red" role="alert" title="Not taken back">
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
        <Button
          leftSection={<PenLine size={16} />}
          disabled={digest === null || read === null}
          onClick={() => setSigning(true)}
        >
          Sign
        </Button>
      </Group>
      {digest !== null && read !== null && (
        <SignDialog
          task={task}
          read={read}
          digest={digest}
          opened={signing}
          onClose={() => setSigning(false)}
          onSigned={commands.signed}
        />
      )}
    </footer>
  );
}
