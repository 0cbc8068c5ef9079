/** The composition root: theme, queries, router. */

import "@fontsource-variable/ibm-plex-sans/wght.css";
import "@fontsource/ibm-plex-mono/400.css";
import "@fontsource/ibm-plex-mono/500.css";
import "@mantine/core/styles.css";
import "./global.css";

import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { createQueries } from "./api/freshness";
import { createAppRouter } from "./router";
import { reportSessionEnded } from "./session/session";
import { cssVariables, theme } from "./theme";

const queries = createQueries({ onSessionLost: reportSessionEnded });
const router = createAppRouter(queries);

const root = document.getElementById("root");
if (root === null) throw new Error("The page has no element #root to draw into.");

createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
