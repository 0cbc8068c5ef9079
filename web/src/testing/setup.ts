/** What every test starts from: a server that refuses unknown requests, and a clean page. */

import { cleanup, configure } from "@testing-library/react";
import { afterAll, afterEach, beforeAll } from "vitest";
import { holdCsrfToken } from "../api/client";
import { server } from "./server";

// A loaded machine is slow to import the viewer; a state is waited for, not a time.
configure({ asyncUtilTimeout: 15_000 });

beforeAll(() => server.listen({ onUnhandledRequest: "error" }));

afterEach(() => {
  cleanup();
  server.resetHandlers();
  holdCsrfToken(null);
  localStorage.clear();
});

afterAll(() => server.close());

// Mantine asks these of the browser; the test page has no layout to answer from.
window.matchMedia ??= (query) =>
  ({
    matches: false,
    media: query,
    onchange: null,
    addListener: () => undefined,
    removeListener: () => undefined,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
    dispatchEvent: () => false,
  }) as MediaQueryList;
