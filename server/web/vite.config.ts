// SPDX-License-Identifier: GPL-3.0-or-later
// The pages' build: hashed parts below assets/, the worker with the list of what it keeps, and Brotli and gzip beside each.
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { type Plugin, type Rollup, build, defineConfig } from "vite";

const kWords = /\.(js|css|html|svg|webmanifest)$/;

// The worker keeps the pages for the time without a network; its list is known when all else is built.
function worker(): Plugin {
  return {
    name: "tidings-worker",
    apply: "build",
    async generateBundle(_, bundle) {
      const kept = ["/", "/mark.svg", "/tidings.webmanifest", ...Object.keys(bundle).filter((name) => name.startsWith("assets/")).map((name) => "/" + name)];
      const version = createHash("sha256").update(kept.join("\n")).update(JSON.stringify(bundle["index.html"] ?? "")).digest("hex").slice(0, 12);
      const built = await build({
        configFile: false,
        logLevel: "warn",
        define: { KEPT: JSON.stringify(kept), VERSION: JSON.stringify(version) },
        build: { write: false, target: "es2022", lib: { entry: fileURLToPath(new URL("src/offline/worker.ts", import.meta.url)), formats: ["iife"], name: "worker", fileName: "worker" } },
      });
      const { output } = (Array.isArray(built) ? built[0] : built) as Rollup.RollupOutput;
      this.emitFile({ type: "asset", fileName: "worker.js", source: output[0].code });
    },
  };
}

function packed(): Plugin {
  return {
    name: "tidings-packed",
    apply: "build",
    enforce: "post",
    generateBundle: {
      order: "post",
      handler(_, bundle) {
        for (const [name, made] of Object.entries(bundle)) {
          if (!kWords.test(name)) continue;
          const bytes = Buffer.from(made.type === "chunk" ? made.code : made.source);
          this.emitFile({ type: "asset", fileName: name + ".br", source: brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }) });
          this.emitFile({ type: "asset", fileName: name + ".gz", source: gzipSync(bytes, { level: 9 }) });
        }
      },
    },
  };
}

export default defineConfig({
  esbuild: { jsx: "automatic", jsxImportSource: "preact" },
  build: { target: "es2022", assetsInlineLimit: 0, modulePreload: { polyfill: false }, reportCompressedSize: false },
  plugins: [worker(), packed()],
  server: { proxy: { "/api": "http://127.0.0.1:8080" } },
});
