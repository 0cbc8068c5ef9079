/** The accounts that the demo makes (readout/demo); offered only when the api says it is a demo. */

export const DEMO_PASSPHRASE = "open data lake";

export const DEMO_ACCOUNTS = [
  { login: "reader1@demo.local", role: "Reader" },
  { login: "reader2@demo.local", role: "Reader" },
  { login: "qc@demo.local", role: "Quality control" },
  { login: "manager@demo.local", role: "Data manager" },
  { login: "statistician@demo.local", role: "Statistician" },
  { login: "inspector@demo.local", role: "Inspector" },
  { login: "admin@demo.local", role: "Administrator" },
] as const;
