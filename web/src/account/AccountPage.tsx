/** The own account: what guards it, where it is signed in, and what happened to it. */

import { Alert, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { AccountSecurity } from "../api/types";
import { PageHeader } from "../parts/PageHeader";
import page from "../parts/page.module.css";
import { Answered } from "../parts/states";
import { usePageTitle } from "../parts/title";
import classes from "./account.module.css";
import { EventsCard } from "./EventsCard";
import { MachineKeysCard } from "./MachineKeysCard";
import { PasswordCard } from "./PasswordCard";
import { SecondFactorCard } from "./SecondFactorCard";
import { DevicesCard, SessionsCard } from "./SessionsCard";
import { SingleSignOnCard } from "./SingleSignOnCard";
import { securityQuery } from "./security";

export function AccountPage() {
  usePageTitle("Account");
  const security = useQuery(securityQuery);
  return (
    <div className={page.page}>
      <Answered of={security} what="your account">
        {(found) => <Cards security={found} />}
      </Answered>
    </div>
  );
}

function Cards({ security }: { security: AccountSecurity }) {
  return (
    <Stack gap="md">
      <PageHeader
        title="Account"
        about={`${security.person.printed_name}, ${security.person.login}`}
      />
      {security.signing_requires_enrolment && (
        <Alert color="yellow" title="You cannot sign at the moment">
          Your account was reset. Somebody who admits members, other than whoever reset it, has to
          verify who you are before you sign again.
        </Alert>
      )}
      <div className={classes.grid}>
        <Stack gap="md">
          <SecondFactorCard security={security} />
          <SessionsCard sessions={security.sessions} />
        </Stack>
        <Stack gap="md">
          {security.has_password && <PasswordCard security={security} />}
          {security.single_sign_on.available && <SingleSignOnCard security={security} />}
          <DevicesCard devices={security.devices} />
        </Stack>
        <MachineKeysCard />
        <EventsCard events={security.events} />
      </div>
    </Stack>
  );
}
