/** The accounts of a demo, one press each to fill in the form. */

import { Paper, Text, UnstyledButton } from "@mantine/core";
import { DEMO_ACCOUNTS, DEMO_PASSPHRASE } from "./demoAccounts";
import classes from "./SignInPage.module.css";

interface DemoAccountsProps {
  onChoose(account: { login: string; password: string }): void;
}

export function DemoAccounts({ onChoose }: DemoAccountsProps) {
  return (
    <Paper withBorder p="md" component="section" aria-label="Demo accounts">
      <Text fw={600} size="sm">
        This is a demo
      </Text>
      <Text size="sm" c="dimmed" mb="xs">
        Choose an account to fill in the form. The passphrase is “{DEMO_PASSPHRASE}”.
      </Text>
      <ul className={classes.accounts}>
        {DEMO_ACCOUNTS.map(({ login, role }) => (
          <li key={login}>
            <UnstyledButton
              className={classes.account}
              onClick={() => onChoose({ login, password: DEMO_PASSPHRASE })}
            >
              <span>{role}</span>
              <span className={classes.accountLogin}>{login}</span>
            </UnstyledButton>
          </li>
        ))}
      </ul>
    </Paper>
  );
}
