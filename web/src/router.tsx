/** Every address of the application. What an address may hold in its search is checked here. */

import type { QueryClient } from "@tanstack/react-query";
import {
  createBrowserHistory,
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import { ImagesPage } from "./images/ImagesPage";
import { NotFoundPage } from "./layout/NotFoundPage";
import { Shell } from "./layout/Shell";
import { LedgerPage } from "./ledger/LedgerPage";
import { LocksPage } from "./locks/LocksPage";
import { ErrorState, LoadingState } from "./parts/states";
import { OverviewPage } from "./projects/OverviewPage";
import { ProjectLayout } from "./projects/ProjectLayout";
import { ProjectListPage } from "./projects/ProjectListPage";
import { ProjectTasksPage } from "./projects/ProjectTasksPage";
import { ResultsPage } from "./results/ResultsPage";
import { type ResultsSearch, resultsSearch } from "./results/search";
import { InvitationPage } from "./session/InvitationPage";
import { SignInPage } from "./session/SignInPage";
import { sessionQuery } from "./session/session";
import { MyTasksPage, type TasksShown } from "./tasks/MyTasksPage";

interface RouterContext {
  queries: QueryClient;
}

type Search = Record<string, unknown>;

function text(search: Search, name: string): string | undefined {
  const value = search[name];
  // The router reads digits as a number; a subject code 001 or a UID is text all the same.
  if (typeof value === "number") return String(value);
  return typeof value === "string" && value !== "" ? value : undefined;
}

/**
 * An address inside this application: one leading slash, never another host. The key is always
 * given, because what a validator leaves out passes through as it stood in the address.
 */
function ownAddress(search: Search): {
  next?: string | undefined;
  refused?: string | undefined;
} {
  const next = text(search, "next");
  return {
    next: next !== undefined && /^\/(?![/\\])/.test(next) ? next : undefined,
    refused: text(search, "refused"),
  };
}

const rootRoute = createRootRouteWithContext<RouterContext>()({
  component: Outlet,
  notFoundComponent: NotFoundPage,
});

const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/sign-in",
  validateSearch: ownAddress,
  beforeLoad: async ({ context, search }) => {
    const session = await context.queries.ensureQueryData(sessionQuery).catch(() => null);
    if (session?.stage === "complete") throw redirect({ to: search.next ?? "/" });
  },
  component: SignInPage,
});

const invitationRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/invitation",
  component: InvitationPage,
});

const appRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: "app",
  beforeLoad: async ({ context, location }) => {
    const session = await context.queries.ensureQueryData(sessionQuery);
    // Half a sign-in goes on where it stopped: on the sign-in page.
    if (session?.stage !== "complete") {
      const next = location.href === "/" ? {} : { next: location.href };
      throw redirect({ to: "/sign-in", search: next });
    }
  },
  component: Shell,
});

const projectListRoute = createRoute({
  getParentRoute: () => appRoute,
  path: "/",
  component: ProjectListPage,
});

const SHOWN: readonly TasksShown[] = ["open", "waiting", "done", "all"];

const tasksRoute = createRoute({
  getParentRoute: () => appRoute,
  path: "/tasks",
  validateSearch: (
    search: Search,
  ): {
    show?: TasksShown | undefined;
    project?: string | undefined;
    find?: string | undefined;
  } => ({
    show: SHOWN.find((one) => one === search.show),
    project: text(search, "project"),
    find: text(search, "find"),
  }),
  component: MyTasksPage,
});

const readRoute = createRoute({
  getParentRoute: () => appRoute,
  path: "/tasks/$taskId",
  component: lazyRouteComponent(() => import("./reading/ReadPage"), "ReadPage"),
});

const accountRoute = createRoute({
  getParentRoute: () => appRoute,
  path: "/account",
  component: lazyRouteComponent(() => import("./account/AccountPage"), "AccountPage"),
});

const projectRoute = createRoute({
  getParentRoute: () => appRoute,
  path: "/projects/$projectId",
  component: ProjectLayout,
});

const overviewRoute = createRoute({
  getParentRoute: () => projectRoute,
  path: "/",
  component: OverviewPage,
});

const imagesRoute = createRoute({
  getParentRoute: () => projectRoute,
  path: "/images",
  component: ImagesPage,
});

// A study is named in the search: a UID has dots, and a path that ends so looks like a file's.
const studyRoute = createRoute({
  getParentRoute: () => appRoute,
  path: "/projects/$projectId/study",
  validateSearch: (search: Search): { uid?: string | undefined; subject?: string | undefined } => ({
    uid: text(search, "uid"),
    subject: text(search, "subject"),
  }),
  component: lazyRouteComponent(() => import("./images/StudyPage"), "StudyPage"),
});

const projectTasksRoute = createRoute({
  getParentRoute: () => projectRoute,
  path: "/tasks",
  component: ProjectTasksPage,
});

const resultsRoute = createRoute({
  getParentRoute: () => projectRoute,
  path: "/results",
  validateSearch: (search: Search): ResultsSearch => resultsSearch(search),
  component: ResultsPage,
});

const agreementRoute = createRoute({
  getParentRoute: () => projectRoute,
  path: "/agreement",
  validateSearch: (search: Search): { coefficient?: string | undefined } => ({
    coefficient: text(search, "coefficient"),
  }),
  component: lazyRouteComponent(() => import("./agreement/AgreementPage"), "AgreementPage"),
});

const ledgerRoute = createRoute({
  getParentRoute: () => projectRoute,
  path: "/ledger",
  validateSearch: (search: Search): { action?: string | undefined } => ({
    action: text(search, "action"),
  }),
  component: LedgerPage,
});

const locksRoute = createRoute({
  getParentRoute: () => projectRoute,
  path: "/locks",
  component: LocksPage,
});

const routeTree = rootRoute.addChildren([
  signInRoute,
  invitationRoute,
  appRoute.addChildren([
    projectListRoute,
    tasksRoute,
    accountRoute,
    readRoute,
    studyRoute,
    projectRoute.addChildren([
      overviewRoute,
      imagesRoute,
      projectTasksRoute,
      resultsRoute,
      agreementRoute,
      ledgerRoute,
      locksRoute,
    ]),
  ]),
]);

export function createAppRouter(queries: QueryClient, history = createBrowserHistory()) {
  return createRouter({
    routeTree,
    history,
    context: { queries },
    defaultPendingComponent: () => <LoadingState what="the page" />,
    defaultErrorComponent: ({ error, reset }) => <ErrorState error={error} onRetry={reset} />,
    scrollRestoration: true,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
