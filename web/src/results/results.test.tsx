import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { PROJECT, RESULTS, rowsPage, SESSION } from "../testing/examples";
import { drawApp } from "../testing/page";
import { HttpResponse, http, server } from "../testing/server";

/** A platform with one results table; it remembers what each page of rows was asked with. */
function serve(permissions = PROJECT.my_permissions) {
  const asked: URLSearchParams[] = [];
  const project = "*/api/projects/project-1";
  server.use(
    http.get("*/api/session", () => HttpResponse.json(SESSION)),
    http.get("*/api/tasks", () => HttpResponse.json([])),
    http.get(project, () => HttpResponse.json({ ...PROJECT, my_permissions: permissions })),
    http.get(`${project}/tables`, () => HttpResponse.json([RESULTS])),
    http.get(`${project}/tables/results/versions`, () =>
      HttpResponse.json(
        [4, 3].map((version) => ({
          version,
          written_at: "2026-11-22T10:00:00Z",
          rows: 120,
          ledger_sequence: version * 100,
        })),
      ),
    ),
    http.get(`${project}/tables/results/rows`, ({ request }) => {
      const { searchParams } = new URL(request.url);
      asked.push(searchParams);
      return HttpResponse.json(
        rowsPage(
          Number(searchParams.get("offset")),
          Number(searchParams.get("limit")),
          Number(searchParams.get("version") ?? 4),
        ),
      );
    }),
  );
  return asked;
}

const ADDRESS = "/projects/project-1/results";

describe("the results page", () => {
  it("shows a page of rows, how many there are, and the ledger sequence they stand for", async () => {
    serve();
    drawApp(ADDRESS);

    const rows = await screen.findByRole("table", { name: "results, version 4" });

    expect(within(rows).getAllByRole("row")).toHaveLength(51);
    expect(screen.getByText("1–50 of 120 rows")).toBeTruthy();
    expect(screen.getByTestId("as-of").textContent).toBe(
      "Version 4, data as of ledger sequence 400",
    );
  });

  it("asks the server for each further page and keeps the place in the address", async () => {
    const asked = serve();
    const { router } = drawApp(ADDRESS);
    await screen.findByText("1–50 of 120 rows");

    await userEvent.click(screen.getByRole("button", { name: "Last page" }));

    expect(await screen.findByText("101–120 of 120 rows")).toBeTruthy();
    expect(screen.getByText("S120")).toBeTruthy();
    expect(asked.at(-1)?.get("offset")).toBe("100");
    expect(router.state.location.search).toMatchObject({ offset: 100 });
  });

  it("sorting is asked of the server, rising, then falling, and starts at the first page", async () => {
    const asked = serve();
    drawApp(`${ADDRESS}?offset=50`);
    await screen.findByText("51–100 of 120 rows");

    await userEvent.click(screen.getByRole("button", { name: "subject" }));
    await waitFor(() => expect(asked.at(-1)?.get("sort")).toBe("subject"));
    expect(asked.at(-1)?.get("offset")).toBe("0");

    await userEvent.click(screen.getByRole("button", { name: "subject" }));
    await waitFor(() => expect(asked.at(-1)?.get("sort")).toBe("-subject"));
    expect(screen.getByRole("columnheader", { name: "subject" }).getAttribute("aria-sort")).toBe(
      "descending",
    );
  });

  it("an older version, a filter and columns in the address are asked for as they are", async () => {
    const asked = serve();
    drawApp(
      `${ADDRESS}?version=3&columns=subject&filter=${encodeURIComponent('["subject:eq:S001"]')}`,
    );

    expect(await screen.findByRole("table", { name: "results, version 3" })).toBeTruthy();

    expect(asked.at(-1)?.get("version")).toBe("3");
    expect(asked.at(-1)?.get("columns")).toBe("subject");
    expect(asked.at(-1)?.getAll("filter")).toEqual(["subject:eq:S001"]);
    expect(screen.getByText("subject is S001")).toBeTruthy();
  });

  it("the CSV is of the version on the screen and offered to those who may export", async () => {
    serve();
    drawApp(`${ADDRESS}?version=3`);

    const link = await screen.findByRole("link", { name: "CSV" });

    expect(link.getAttribute("href")).toBe("/api/projects/project-1/tables/results.csv?version=3");
  });

  it("who may not export is offered no CSV", async () => {
    serve(["view project", "view result"]);
    drawApp(ADDRESS);
    await screen.findByText("1–50 of 120 rows");

    expect(screen.queryByRole("link", { name: "CSV" })).toBeNull();
  });
});
