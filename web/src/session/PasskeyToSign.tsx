/** The other way to agree to a signature: a passkey, for whoever has one. */

import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { securityQuery } from "../account/security";
import { Fingerprint } from "../parts/icons";
import { passkeysWork } from "./passkeys";

export function PasskeyToSign({ loading, onPress }: { loading: boolean; onPress(): void }) {
  const security = useQuery(securityQuery);
  if (!passkeysWork() || !security.data?.passkeys.length) return null;
  return (
    <Button
      variant="default"
      leftSection={<Fingerprint size={16} />}
      loading={loading}
      onClick={onPress}
    >
      Sign with a passkey
    </Button>
  );
}
