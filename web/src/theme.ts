/** The look: petrol on cool greys, IBM Plex, compact controls, contrast of at least 4.5 to 1. */

import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from "@mantine/core";

const petrol: MantineColorsTuple = [
  "#eaf5f6",
  "#d5e9eb",
  "#a9d2d7",
  "#79b9c1",
  "#50a3ae",
  "#35929f",
  "#1f8592",
  "#13707d",
  "#0f5e6b",
  "#0a4a55",
];

/** Blue-black instead of neutral black, so that the viewer's surround is the darkest thing. */
const dark: MantineColorsTuple = [
  "#d7dee4",
  "#b7c1ca",
  "#97a4b0",
  "#6b7884",
  "#46525d",
  "#333e48",
  "#252e37",
  "#1a2129",
  "#13191f",
  "#0c1015",
];

const gray: MantineColorsTuple = [
  "#f6f8f9",
  "#eef2f4",
  "#e2e8eb",
  "#d2dade",
  "#bcc6cc",
  "#94a1a9",
  "#67757f",
  "#485660",
  "#333f48",
  "#1d262d",
];

export const theme = createTheme({
  primaryColor: "petrol",
  primaryShade: { light: 8, dark: 4 },
  autoContrast: true,
  colors: { petrol, dark, gray },
  fontFamily: '"IBM Plex Sans Variable", system-ui, sans-serif',
  fontFamilyMonospace: '"IBM Plex Mono", ui-monospace, monospace',
  headings: {
    fontWeight: "600",
    sizes: {
      h1: { fontSize: "1.5rem", lineHeight: "1.25" },
      h2: { fontSize: "1.125rem", lineHeight: "1.3" },
      h3: { fontSize: "0.95rem", lineHeight: "1.35" },
    },
  },
  defaultRadius: "md",
  cursorType: "pointer",
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { size: "sm" } },
    // The list scrolls by itself; a scroll area inside it could not be reached by key.
    Select: { defaultProps: { withScrollArea: false, maxDropdownHeight: 280 } },
    Table: { defaultProps: { verticalSpacing: 7, horizontalSpacing: "sm" } },
    Tooltip: { defaultProps: { openDelay: 350, withArrow: true } },
    Modal: { defaultProps: { centered: true, overlayProps: { backgroundOpacity: 0.5, blur: 2 } } },
  },
});

export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-dimmed": "#566570",
    "--mantine-color-placeholder": "#697681",
    "--mantine-color-error": "#b3261e",
    "--mantine-color-anchor": "#0f5e6b",
    "--readout-canvas": "#f2f5f6",
    "--readout-surface": "#ffffff",
    "--readout-line": "#dde4e8",
    "--readout-accent-soft": "#e3f1f3",
  },
  dark: {
    "--mantine-color-dimmed": "#9dabb7",
    "--mantine-color-placeholder": "#8c9aa6",
    "--mantine-color-error": "#ff9a92",
    "--mantine-color-anchor": "#79b9c1",
    "--readout-canvas": "#12171d",
    "--readout-surface": "#1a2129",
    "--readout-line": "#2b353f",
    "--readout-accent-soft": "#1b3238",
  },
});
