/** The frame of every signed-in page: header, navigation, help, the person's menu. */

import {
  ActionIcon,
  Menu,
  Tooltip,
  UnstyledButton,
  useComputedColorScheme,
  useMantineColorScheme,
} from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, Outlet, useNavigate } from "@tanstack/react-router";
import { myTasksQuery } from "../api/queries";
import { KeySheet } from "../keys/KeySheet";
import { useKeys } from "../keys/useKeys";
import { ChevronDown, Keyboard, LogOut, Moon, ShieldCheck, Sun } from "../parts/icons";
import { SessionEndedDialog } from "../session/SessionEndedDialog";
import { signOut, usePerson } from "../session/session";
import { isOpen } from "../tasks/states";
import classes from "./Shell.module.css";
import { Wordmark } from "./Wordmark";

export function Shell() {
  const [sheetOpened, sheet] = useDisclosure(false);
  useKeys({ "?": sheet.open });

  return (
    <div className={classes.shell}>
      <a className={classes.skip} href="#main">
        Skip to the content
      </a>
      <nav className={classes.header} aria-label="Main">
        <Link to="/" className={classes.home} aria-label="Readout, to the projects">
          <Wordmark />
        </Link>
        <Navigation />
        <div className={classes.actions}>
          <Tooltip label="Keys (?)">
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label="Show the sheet of keys"
              onClick={sheet.open}
            >
              <Keyboard size={18} />
            </ActionIcon>
          </Tooltip>
          <SchemeSwitch />
          <PersonMenu />
        </div>
      </nav>
      <main id="main" className={classes.main} tabIndex={-1}>
        <Outlet />
      </main>
      <KeySheet opened={sheetOpened} onClose={sheet.close} />
      <SessionEndedDialog />
    </div>
  );
}

function Navigation() {
  const tasks = useQuery(myTasksQuery);
  const open = tasks.data?.filter(isOpen).length ?? 0;
  return (
    <div className={classes.nav}>
      <Link to="/" className={classes.link} activeOptions={{ exact: true }}>
        Projects
      </Link>
      <Link to="/tasks" className={classes.link}>
        My tasks
        {open > 0 && (
          <span className={classes.badge}>
            {open}
            <span className={classes.hidden}> open</span>
          </span>
        )}
      </Link>
    </div>
  );
}

function SchemeSwitch() {
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme("light");
  const other = scheme === "dark" ? "light" : "dark";
  return (
    <Tooltip label={`Switch to ${other}`}>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={`Switch to the ${other} colours`}
        onClick={() => setColorScheme(other)}
      >
        {scheme === "dark" ? <Sun size={18} /> : <Moon size={18} />}
      </ActionIcon>
    </Tooltip>
  );
}

function PersonMenu() {
  const person = usePerson();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const leaving = useMutation({
    mutationFn: () => signOut(queries),
    onSuccess: () => navigate({ to: "/sign-in", search: {} }),
  });
  return (
    <Menu position="bottom-end" withArrow>
      <Menu.Target>
        <UnstyledButton className={classes.person}>
          {person.printed_name}
          <ChevronDown size={14} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{person.login}</Menu.Label>
        <Menu.Item component={Link} to="/account" leftSection={<ShieldCheck size={15} />}>
          Account
        </Menu.Item>
        <Menu.Item
          leftSection={<LogOut size={15} />}
          disabled={leaving.isPending}
          onClick={() => leaving.mutate()}
        >
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
