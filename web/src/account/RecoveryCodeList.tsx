/** Recovery codes, shown once: to be copied or kept as a file before going on. */

import { Alert, Button, CopyButton, Group, Stack, Text } from "@mantine/core";
import { Copy, Download } from "../parts/icons";
import classes from "./account.module.css";

interface RecoveryCodeListProps {
  codes: readonly string[];
  done: string;
  onDone(): void;
}

export function RecoveryCodeList({ codes, done, onDone }: RecoveryCodeListProps) {
  const text = `${codes.join("\n")}\n`;
  return (
    <Stack gap="sm">
      <Alert color="yellow" variant="light" title="Keep these recovery codes">
        <Text size="sm">
          Each serves once when your authenticator or passkey is not at hand. They are shown now and
          never again.
        </Text>
      </Alert>
      <ul className={classes.codes} aria-label="Recovery codes">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <Group gap="xs">
        <CopyButton value={text}>
          {({ copied, copy }) => (
            <Button size="xs" variant="default" leftSection={<Copy size={14} />} onClick={copy}>
              {copied ? "Copied" : "Copy"}
            </Button>
          )}
        </CopyButton>
        <Button
          size="xs"
          variant="default"
          component="a"
          leftSection={<Download size={14} />}
          href={`data:text/plain;charset=utf-8,${encodeURIComponent(text)}`}
          download="readout-recovery-codes.txt"
        >
          Save as a file
        </Button>
      </Group>
      <Button onClick={onDone}>{done}</Button>
    </Stack>
  );
}
