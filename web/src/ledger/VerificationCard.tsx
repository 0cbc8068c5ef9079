/** Verifying the ledger on demand, with every check's own result. */

import { Button, Group, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { sentence } from "../api/problem";
import { verificationQuery } from "../api/queries";
import type { Verification } from "../api/types";
import { Digest } from "../parts/Digest";
import { ShieldAlert, ShieldCheck } from "../parts/icons";
import { Tag, type Tone } from "../parts/Tag";
import { words } from "../words/numbers";
import { utc } from "../words/time";
import classes from "./VerificationCard.module.css";
import { verdictWords } from "./verdict";

type Result = Verification["result"];

const TONES: Readonly<Record<Result, Tone>> = {
  PASS: "good",
  FAIL: "bad",
  "NOT COVERED": "neutral",
};
const LABELS: Readonly<Record<Result, string>> = {
  PASS: "Passed",
  FAIL: "Failed",
  "NOT COVERED": "Not covered",
};

export function VerificationCard({ projectId }: { projectId: string }) {
  const verification = useQuery(verificationQuery(projectId));
  const { data, error, isFetching } = verification;
  return (
    <section className={classes.card} aria-label="Verification" data-result={data?.result}>
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <Verdict report={data}>
          {error
            ? sentence(error)
            : "Every entry, root, checkpoint and stored row can be checked now."}
        </Verdict>
        <Button
          variant="default"
          size="xs"
          loading={isFetching}
          onClick={() => void verification.refetch()}
        >
          {data === undefined ? "Verify now" : "Verify again"}
        </Button>
      </Group>
      {data && (
        <ul className={classes.checks}>
          {data.checks.map((check) => (
            <li key={check.name}>
              <Tag tone={TONES[check.result]}>{LABELS[check.result]}</Tag>
              <span>{words(check.name)}</span>
              <span className={classes.about}>{check.detail}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Verdict({ report, children }: { report: Verification | undefined; children: ReactNode }) {
  if (report === undefined) return <Text size="sm">{children}</Text>;
  const Icon = report.result === "FAIL" ? ShieldAlert : ShieldCheck;
  return (
    <Group gap="sm" wrap="nowrap" align="flex-start">
      <Icon size={20} aria-hidden />
      <div>
        <Text fw={600} role="status">
          {verdictWords(report)}
        </Text>
        <Text size="xs" c="dimmed">
          Verified {utc(report.verified_at)} · root <Digest value={report.root} what="root hash" />
        </Text>
      </div>
    </Group>
  );
}
