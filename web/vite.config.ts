import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// `npm run dev` serves the page with hot reloading and sends everything else to a running server.
const server = process.env["MILLRACE_URL"] ?? "http://127.0.0.1:8080";
const routes = [
  "/api",
  "/event",
  "/events",
  "/stats",
  "/analytics",
  "/metrics",
  "/openapi.json",
  "/docs",
];

export default defineConfig({
  base: "/",
  plugins: [react(), tailwindcss()],
  build: {
    outDir: "dist",
    assetsDir: "assets",
    target: "es2022",
    // Older than these, `light-dark()` would be rewritten to follow the system alone, not the reader's choice.
    cssTarget: ["chrome123", "edge123", "firefox120", "safari17.5"],
    // The Content-Security-Policy of the server allows no `data:` outside images: keep files as files.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // What a first visit loads: scripts/check-size.mjs.
    manifest: true,
  },
  server: {
    proxy: Object.fromEntries(
      routes.map((route) => [route, { target: server, ws: route === "/api" }]),
    ),
  },
  test: {
    environment: "jsdom",
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["src/test-setup.ts"],
    restoreMocks: true,
    unstubGlobals: true,
  },
});
