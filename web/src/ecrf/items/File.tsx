import { FileInput, Text } from "@mantine/core";
import { useState } from "react";
import { sentence } from "../../api/problem";
import { usePlace } from "../../drawing/context";
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
  const place = usePlace();
  const [problem, setProblem] = useState<string | null>(null);
  const [sending, setSending] = useState(false);

  async function send(file: File | null) {
    setProblem(null);
    if (file === null || place === null) return onChange("");
    setSending(true);
    try {
      onChange(await upload(file, place.address));
    } catch (error) {
      setProblem(sentence(error));
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
