/** An address that leads nowhere. */

import { Link } from "@tanstack/react-router";
import { EmptyState } from "../parts/states";
import { usePageTitle } from "../parts/title";

export function NotFoundPage() {
  usePageTitle("Not found");
  return (
    <EmptyState
      title="There is nothing at this address"
      action={<Link to="/">To the projects</Link>}
    >
      It may have been mistyped, or what it named is not for you to see.
    </EmptyState>
  );
}
