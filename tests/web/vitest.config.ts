// SPDX-License-Identifier: GPL-3.0-or-later
import path from "node:path";
import { defineConfig } from "vitest/config";

export default defineConfig({
  esbuild: { jsx: "automatic", jsxImportSource: "preact" },
  server: { fs: { allow: [path.resolve(__dirname, "../..")] } },
  test: { include: ["logic/*.test.ts"], environment: "node", setupFiles: ["logic/setup.ts"] },
});
