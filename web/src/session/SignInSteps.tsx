/** Signing in as far as it goes: passphrase, then second step or enrolment, until it is complete. */

import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Session } from "../api/types";
import { Enrolment } from "./Enrolment";
import { SecondStep } from "./SecondStep";
import { SignInForm } from "./SignInForm";
import { signOut } from "./session";

interface SignInStepsProps {
  begun?: Session | null;
  login?: string;
  loginFixed?: boolean;
  password?: string;
  onSignedIn(session: Session): void;
}

export function SignInSteps({ begun = null, onSignedIn, ...form }: SignInStepsProps) {
  const queries = useQueryClient();
  const [session, setSession] = useState<Session | null>(begun);

  function advance(next: Session) {
    if (next.stage === "complete") onSignedIn(next);
    else setSession(next);
  }

  async function leave() {
    await signOut(queries);
    setSession(null);
  }

  const step = { session, onSignedIn: advance, onLeave: leave };
  if (session?.stage === "second_factor") return <SecondStep {...step} session={session} />;
  if (session?.stage === "enrolment") return <Enrolment {...step} session={session} />;
  return <SignInForm {...form} onSignedIn={advance} />;
}
