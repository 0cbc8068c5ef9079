/** A first sign-in where the organisation asks for a second factor: it is added before all else. */

import { Anchor, Divider, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { AuthenticatorSetup } from "../account/AuthenticatorSetup";
import { NewPasskey } from "../account/NewPasskey";
import { RecoveryCodeList } from "../account/RecoveryCodeList";
import type { Enrolled, Session } from "../api/types";
import { passkeysWork } from "./passkeys";

interface EnrolmentProps {
  session: Session;
  onSignedIn(session: Session): void;
  onLeave(): void;
}

export function Enrolment({ session, onSignedIn, onLeave }: EnrolmentProps) {
  const [enrolled, setEnrolled] = useState<Enrolled | null>(null);
  if (enrolled !== null) {
    return (
      <RecoveryCodeList
        codes={enrolled.recovery_codes}
        done="I have kept them: go on"
        onDone={() => onSignedIn(enrolled.session)}
      />
    );
  }
  return (
    <Stack gap="md">
      <Text size="sm" c="dimmed">
        Welcome, {session.person.printed_name}. Your organisation asks for a second proof besides
        the passphrase. It takes a minute, once.
      </Text>
      <AuthenticatorSetup onEnrolled={setEnrolled} />
      {passkeysWork() && (
        <>
          <Divider label="or" />
          <NewPasskey onEnrolled={setEnrolled} />
        </>
      )}
      <Anchor component="button" type="button" size="sm" c="dimmed" onClick={onLeave}>
        Sign in as somebody else
      </Anchor>
    </Stack>
  );
}
