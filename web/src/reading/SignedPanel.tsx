/** The signature as it stands beside the record on every copy (21 CFR 11.50), and the way on. */

import { Button, Stack, Text } from "@mantine/core";
import type { Signature } from "../api/types";
import { ArrowRight, ShieldCheck } from "../parts/icons";
import { count, words } from "../words/numbers";
import { utc } from "../words/time";
import { FormerSignatures } from "./FormerSignatures";
import classes from "./SignedPanel.module.css";

interface SignedPanelProps {
  taskId: string;
  signature: Signature;
  hasNext: boolean;
  opening: boolean;
  onNext(): void;
}

export function SignedPanel({ taskId, signature, hasNext, opening, onNext }: SignedPanelProps) {
  return (
    <section className={classes.panel} aria-label="Signature" data-testid="signature">
      <ShieldCheck size={22} aria-hidden />
      <Stack gap={2}>
        <Text fw={600}>Signed by {signature.printed_name}</Text>
        <Text size="sm">
          {utc(signature.signed_at)} · {words(signature.meaning)}
        </Text>
        <Text size="xs" className={classes.digest}>
          {signature.record_digest}
        </Text>
        <Text size="xs">Ledger sequence {count(signature.ledger_sequence)}</Text>
        <FormerSignatures taskId={taskId} />
        {hasNext && (
          <Button
            mt="xs"
            w="fit-content"
            rightSection={<ArrowRight size={16} />}
            loading={opening}
            onClick={onNext}
          >
            Next task
          </Button>
        )}
      </Stack>
    </section>
  );
}
