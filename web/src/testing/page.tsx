/** Draws the whole application at an address, as main.tsx does, for tests of pages. */

import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { createMemoryHistory, RouterProvider } from "@tanstack/react-router";
import { render } from "@testing-library/react";
import { createQueries } from "../api/freshness";
import { createAppRouter } from "../router";
import { reportSessionEnded, useSessionEnded } from "../session/session";
import { cssVariables, theme } from "../theme";

export function drawApp(address: string) {
  useSessionEnded.setState({ ended: false });
  const queries = createQueries({ onSessionLost: reportSessionEnded });
  queries.setDefaultOptions({ queries: { retry: false } });
  const router = createAppRouter(queries, createMemoryHistory({ initialEntries: [address] }));
  render(
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} env="test">
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>,
  );
  return { router, queries };
}
