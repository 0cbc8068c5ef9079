/** What a page shows when it has nothing to show: loading, empty, or an error with a way on. */

import { Alert, Button, Loader, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { isUnreachable, Refusal, sentence } from "../api/problem";
import classes from "./states.module.css";

export function LoadingState({ what }: { what: string }) {
  return (
    <div className={classes.state} role="status" aria-live="polite">
      <Loader size="sm" />
      <Text size="sm" c="dimmed">
        Loading {what} …
      </Text>
    </div>
  );
}

interface EmptyStateProps {
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}

export function EmptyState({ title, children, action }: EmptyStateProps) {
  return (
    <div className={classes.state}>
      <Text fw={600}>{title}</Text>
      {children && (
        <Text size="sm" c="dimmed" maw={460} ta="center">
          {children}
        </Text>
      )}
      {action}
    </div>
  );
}

const TITLES: Record<number, string> = {
  403: "You may not see this",
  404: "Not found",
  409: "Not possible now",
  423: "Locked",
};

function titleOf(error: unknown): string {
  if (isUnreachable(error)) return "The platform could not be reached";
  return (error instanceof Refusal && TITLES[error.status]) || "Something went wrong";
}

export function ErrorState({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  return (
    <div className={classes.state}>
      <Alert color="red" variant="outline" title={titleOf(error)} role="alert" maw={560}>
        <Text size="sm">{sentence(error)}</Text>
        {error instanceof Refusal && error.requestId && (
          <Text size="xs" c="dimmed" mt="xs">
            Request {error.requestId}
          </Text>
        )}
        {onRetry && (
          <Button mt="sm" size="xs" variant="default" onClick={onRetry}>
            Try again
          </Button>
        )}
      </Alert>
    </div>
  );
}

interface Asked<T> {
  data: T | undefined;
  error: unknown;
  refetch(): unknown;
}

interface AnswerProps<T> {
  of: Asked<T>;
  what: string;
  children(data: T): ReactNode;
}

/** Show the answer of a query, or how far it has come. */
export function Answered<T>({ of, what, children }: AnswerProps<T>) {
  if (of.data !== undefined) return <>{children(of.data)}</>;
  if (of.error) return <ErrorState error={of.error} onRetry={() => void of.refetch()} />;
  return <LoadingState what={what} />;
}
