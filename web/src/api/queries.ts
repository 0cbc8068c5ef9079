/** Every question the pages ask, as query options: one place for keys, paths and freshness. */

import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { ask, client } from "./client";

const MINUTE_MS = 60_000;

export const buildQuery = queryOptions({
  queryKey: ["build"],
  queryFn: ({ signal }) => ask(client.GET("/api/build", { signal })),
  staleTime: Number.POSITIVE_INFINITY,
});

export const projectsQuery = queryOptions({
  queryKey: ["projects"],
  queryFn: ({ signal }) => ask(client.GET("/api/projects", { signal })),
});

export const projectQuery = (projectId: string) =>
  queryOptions({
    queryKey: ["projects", projectId],
    queryFn: ({ signal }) =>
      ask(
        client.GET("/api/projects/{project_id}", {
          params: { path: { project_id: projectId } },
          signal,
        }),
      ),
  });

export const subjectsQuery = (projectId: string) =>
  queryOptions({
    queryKey: ["projects", projectId, "subjects"],
    queryFn: ({ signal }) =>
      ask(
        client.GET("/api/projects/{project_id}/subjects", {
          params: { path: { project_id: projectId } },
          signal,
        }),
      ),
  });

export const studiesQuery = (
  projectId: string,
  page: { offset: number; limit: number; subject: string | null },
) =>
  queryOptions({
    queryKey: ["projects", projectId, "studies", page],
    queryFn: ({ signal }) =>
      ask(
        client.GET("/api/projects/{project_id}/studies", {
          params: {
            path: { project_id: projectId },
            query: {
              offset: page.offset,
              limit: page.limit,
              ...(page.subject === null ? {} : { subject: page.subject }),
            },
          },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
  });

export const myTasksQuery = queryOptions({
  queryKey: ["tasks"],
  queryFn: ({ signal }) => ask(client.GET("/api/tasks", { signal })),
  refetchInterval: MINUTE_MS / 2,
});

export const projectTasksQuery = (projectId: string) =>
  queryOptions({
    queryKey: ["projects", projectId, "tasks"],
    queryFn: ({ signal }) =>
      ask(
        client.GET("/api/projects/{project_id}/tasks", {
          params: { path: { project_id: projectId } },
          signal,
        }),
      ),
    refetchInterval: MINUTE_MS / 2,
  });

export const taskQuery = (taskId: string) =>
  queryOptions({
    queryKey: ["tasks", taskId],
    queryFn: ({ signal }) =>
      ask(client.GET("/api/tasks/{task_id}", { params: { path: { task_id: taskId } }, signal })),
    // The draft is held by the autosave; a refetch in the background must not compete with it.
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });

export const revisionsQuery = (taskId: string) =>
  queryOptions({
    queryKey: ["tasks", taskId, "revisions"],
    queryFn: ({ signal }) =>
      ask(
        client.GET("/api/tasks/{task_id}/revisions", {
          params: { path: { task_id: taskId } },
          signal,
        }),
      ),
  });

export const tablesQuery = (projectId: string) =>
  queryOptions({
    queryKey: ["projects", projectId, "tables"],
    queryFn: ({ signal }) =>
      ask(
        client.GET("/api/projects/{project_id}/tables", {
          params: { path: { project_id: projectId } },
          signal,
        }),
      ),
    refetchInterval: MINUTE_MS / 4,
  });

export const versionsQuery = (projectId: string, table: string) =>
  queryOptions({
    queryKey: ["projects", projectId, "tables", table, "versions"],
    queryFn: ({ signal }) =>
      ask(
        client.GET("/api/projects/{project_id}/tables/{table}/versions", {
          params: { path: { project_id: projectId, table } },
          signal,
        }),
      ),
    refetchInterval: MINUTE_MS / 4,
  });

export interface RowsQuestion {
  version: number | null;
  columns: readonly string[] | null;
  sort: string | null;
  filter: readonly string[];
  offset: number;
  limit: number;
}

export const rowsQuery = (projectId: string, table: string, question: RowsQuestion) =>
  queryOptions({
    queryKey: ["projects", projectId, "tables", table, "rows", question],
    queryFn: ({ signal }) =>
      ask(
        client.GET("/api/projects/{project_id}/tables/{table}/rows", {
          params: {
            path: { project_id: projectId, table },
            query: {
              offset: question.offset,
              limit: question.limit,
              ...(question.version === null ? {} : { version: question.version }),
              ...(question.columns === null ? {} : { columns: question.columns.join(",") }),
              ...(question.sort === null ? {} : { sort: question.sort }),
              ...(question.filter.length === 0 ? {} : { filter: [...question.filter] }),
            },
          },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
  });

export function csvAddress(projectId: string, table: string, version: number | null): string {
  const at = version === null ? "" : `?version=${version}`;
  return `/api/projects/${encodeURIComponent(projectId)}/tables/${encodeURIComponent(table)}.csv${at}`;
}

export const ledgerQuery = (
  projectId: string,
  page: {
    action: string | null;
    critical: boolean;
    unreviewed: boolean;
    since: string;
    until: string;
    offset: number;
    limit: number;
  },
) =>
  queryOptions({
    queryKey: ["projects", projectId, "ledger", page],
    queryFn: ({ signal }) =>
      ask(
        client.GET("/api/projects/{project_id}/ledger", {
          params: {
            path: { project_id: projectId },
            query: {
              offset: page.offset,
              limit: page.limit,
              critical: page.critical,
              unreviewed: page.unreviewed,
              ...(page.action === null ? {} : { action: [page.action] }),
              ...(page.since === "" ? {} : { since: `${page.since}T00:00:00Z` }),
              ...(page.until === "" ? {} : { until: `${page.until}T23:59:59Z` }),
            },
          },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
  });

export const verificationQuery = (projectId: string) =>
  queryOptions({
    queryKey: ["projects", projectId, "verification"],
    queryFn: ({ signal }) =>
      ask(
        client.GET("/api/projects/{project_id}/ledger/verification", {
          params: { path: { project_id: projectId } },
          signal,
        }),
      ),
    // Verifying reads the whole log: it runs when a person asks for it.
    enabled: false,
    gcTime: MINUTE_MS * 10,
  });

export const locksQuery = (projectId: string) =>
  queryOptions({
    queryKey: ["projects", projectId, "locks"],
    queryFn: ({ signal }) =>
      ask(
        client.GET("/api/projects/{project_id}/locks", {
          params: { path: { project_id: projectId } },
          signal,
        }),
      ),
  });

export const lockQuery = (projectId: string, lockId: string) =>
  queryOptions({
    queryKey: ["projects", projectId, "locks", lockId],
    queryFn: ({ signal }) =>
      ask(
        client.GET("/api/projects/{project_id}/locks/{lock_id}", {
          params: { path: { project_id: projectId, lock_id: lockId } },
          signal,
        }),
      ),
  });

/** Whether the caller may sign at all: changes once, when the statement is accepted. */
export const signingQuery = queryOptions({
  queryKey: ["signing"],
  queryFn: ({ signal }) => ask(client.GET("/api/signing", { signal })),
});

export const resolutionsQuery = (projectId: string) =>
  queryOptions({
    queryKey: ["projects", projectId, "resolutions"],
    queryFn: ({ signal }) =>
      ask(
        client.GET("/api/projects/{project_id}/resolutions", {
          params: { path: { project_id: projectId } },
          signal,
        }),
      ),
  });

export const certificatesQuery = (projectId: string) =>
  queryOptions({
    queryKey: ["projects", projectId, "certificates"],
    queryFn: ({ signal }) =>
      ask(
        client.GET("/api/projects/{project_id}/certificates", {
          params: { path: { project_id: projectId } },
          signal,
        }),
      ),
  });

/** The reader's own computed responses; they change with the task's state alone. */
export const responsesQuery = (taskId: string, state: string) =>
  queryOptions({
    queryKey: ["tasks", taskId, "responses", state],
    queryFn: ({ signal }) =>
      ask(
        client.GET("/api/tasks/{task_id}/responses", {
          params: { path: { task_id: taskId } },
          signal,
        }),
      ),
  });
