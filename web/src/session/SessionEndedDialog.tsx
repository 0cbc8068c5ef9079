/** The login session ended under an open page: sign in again and nothing typed is lost. */

import { Button, Group, Modal, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { Session } from "../api/types";
import { SignInSteps } from "./SignInSteps";
import { forget, sessionQuery, usePerson, useSessionEnded } from "./session";

export function SessionEndedDialog() {
  const ended = useSessionEnded((state) => state.ended);
  const person = usePerson();
  const queries = useQueryClient();
  const navigate = useNavigate();

  async function resume(session: Session) {
    queries.setQueryData(sessionQuery.queryKey, session);
    useSessionEnded.setState({ ended: false });
    await queries.invalidateQueries({ predicate: (query) => query.state.status === "error" });
  }

  async function leave() {
    await navigate({ to: "/sign-in", search: {} });
    forget(queries);
  }

  return (
    <Modal
      opened={ended}
      onClose={() => undefined}
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
      title="Your login session has ended"
    >
      <Text size="sm" c="dimmed" mb="md">
        Sign in again as {person.printed_name} to go on where you were. Unsaved answers on this page
        are kept until then.
      </Text>
      <SignInSteps login={person.login} loginFixed onSignedIn={resume} />
      <Group justify="center" mt="md">
        <Button variant="subtle" onClick={leave}>
          Leave instead
        </Button>
      </Group>
    </Modal>
  );
}
