import { FileInput, Text } from "@mantine/core";
import { useState } from "react";
import type { FileDefinition } from "../definition";
import { useUpload } from "../upload";
import { finished, type ItemKind, type ItemProps } from "./kind";

const shortOf = (digest: string) => `Attached, SHA-256 ${digest.slice(0, 12)}…`;

function FileWidget({
  item,
  id,
  value,
  describedBy,
  invalid,
  disabled,
  required,
  onChange,
}: ItemProps<FileDefinition>) {
  const upload = useUpload();
  const [problem, setProblem] = useState<string | null>(null);
  const [sending, setSending] = useState(false);

  async function send(file: File | null) {
    setProblem(null);
    if (file === null) return onChange("");
    setSending(true);
    try {
      onChange(await upload(file));
    } catch (error) {
      setProblem(error instanceof Error ? error.message : "The file was not taken.");
    } finally {
      setSending(false);
    }
  }

  return (
    <>
      <FileInput
        id={id}
        accept={item.media_types.join(",")}
        clearable
        disabled={disabled || sending}
        error={problem ?? invalid}
        placeholder={value === "" ? `Choose a file of at most ${item.max_mb} MB` : shortOf(value)}
        aria-describedby={describedBy}
        aria-required={required}
        onChange={(file) => void send(file)}
      />
      {sending && (
        <Text size="xs" c="dimmed" aria-live="polite">
          Sending…
        </Text>
      )}
    </>
  );
}

export const fileKind: ItemKind<FileDefinition> = {
  kind: "file",
  takesAnswers: true,
  isGroup: () => false,
  draw: (props) => <FileWidget {...props} />,
  show: shortOf,
  unfinished: finished,
};
