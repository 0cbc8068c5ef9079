/** Adding a passkey under a name by which its owner will know it. */

import { Button, Stack, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { sentence } from "../api/problem";
import type { Enrolled } from "../api/types";
import { Fingerprint } from "../parts/icons";
import { addPasskey } from "../session/passkeys";

export function NewPasskey({ onEnrolled }: { onEnrolled(enrolled: Enrolled): void }) {
  const [name, setName] = useState("");
  const adding = useMutation({
    mutationFn: () => addPasskey(name.trim()),
    onSuccess: (enrolled) => {
      setName("");
      onEnrolled(enrolled);
    },
  });

  function submit(event: FormEvent) {
    event.preventDefault();
    adding.mutate();
  }

  return (
    <form onSubmit={submit} aria-label="Add a passkey">
      <Stack gap="xs">
        <TextInput
          label="Name of the new passkey"
          placeholder="Key on my desk"
          maxLength={80}
          required
          withAsterisk={false}
          value={name}
          error={adding.isError ? sentence(adding.error) : null}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Button
          type="submit"
          variant="default"
          leftSection={<Fingerprint size={16} />}
          loading={adding.isPending}
        >
          Add a passkey
        </Button>
      </Stack>
    </form>
  );
}
