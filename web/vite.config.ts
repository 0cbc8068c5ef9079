import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// The api of a running platform, for `npm run dev` alone; the built app is served by the api itself.
const API = "http://127.0.0.1:8000";

export default defineConfig({
  plugins: [react()],
  worker: { format: "es" },
  build: {
    target: "esnext",
    // Nothing becomes a data: address, so that the content security policy can name 'self' alone.
    assetsInlineLimit: 0,
    // The viewer is one large library; it is loaded when images are opened, not before.
    chunkSizeWarningLimit: 6000,
  },
  resolve: {
    // vtk.js reaches Node's built-ins through xmlbuilder2; without these the page stays blank.
    alias: { events: "events/", url: "url/", buffer: "buffer/" },
  },
  optimizeDeps: {
    exclude: ["@cornerstonejs/dicom-image-loader"],
    include: ["dicom-parser"],
  },
  server: { proxy: { "/api": API } },
  test: {
    environment: "happy-dom",
    setupFiles: ["src/testing/setup.ts"],
    include: ["src/**/*.test.{ts,tsx}"],
    restoreMocks: true,
    testTimeout: 60_000,
  },
});
