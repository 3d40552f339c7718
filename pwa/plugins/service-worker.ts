import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build, type Plugin } from "vite";

/** Left to the moment somebody opens an original: heavy, and the page images say the same. */
const LATER = /(original|pdf|desk)[.-].*\.(m?js|css)$/i;
/** The same page under another policy, with which WebAssembly may be compiled. */
const SCANNER = "/pindai";
const SHELL = /\.(js|css|webmanifest|svg)$/;

/** Builds `/sw.js` last, with the list of the shell's files and a version made of their bytes. */
export function serviceWorker(): Plugin {
  let root = "";
  let out = "";
  return {
    name: "centang-service-worker",
    apply: "build",
    configResolved(config) {
      root = config.root;
      out = join(config.root, config.build.outDir);
    },
    closeBundle: {
      sequential: true,
      async handler() {
        const names = (await readdir(out, { recursive: true }))
          .map((name) => name.replaceAll("\\", "/"))
          .filter((name) => SHELL.test(name) && name !== "sw.js" && !LATER.test(name))
          .sort();
        const hash = createHash("sha256");
        for (const name of ["index.html", ...names]) hash.update(await readFile(join(out, name)));
        const shell = ["/", SCANNER, ...names.map((name) => `/${name}`)];
        await writeFile(join(out, ".vite/precache.json"), JSON.stringify(shell));
        await build({
          configFile: false,
          root,
          publicDir: false,
          logLevel: "warn",
          define: {
            __VERSION__: JSON.stringify(hash.digest("hex").slice(0, 12)),
            __SHELL__: JSON.stringify(shell),
          },
          build: {
            outDir: out,
            emptyOutDir: false,
            target: ["chrome100", "safari16.4"],
            rollupOptions: {
              input: join(root, "sw/worker.ts"),
              output: { format: "iife", entryFileNames: "sw.js" },
            },
          },
        });
      },
    },
  };
}
