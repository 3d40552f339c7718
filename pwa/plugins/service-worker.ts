import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Plugin } from "vite";
import { apart } from "./apart.ts";

/** Left to the moment somebody opens an original: heavy, and the page images say the same. */
const LATER = /(original|pdf|desk)[.-].*\.(m?js|css)$/i;
/** The same page under another policy, with which WebAssembly may be compiled. */
const SCANNER = "/pindai";
const SHELL = /\.(js|css|webmanifest|svg)$/;

/** Builds `/sw.js` last, with the list of the shell's files and a version made of their bytes. */
export const serviceWorker = (): Plugin =>
  apart("centang-service-worker", "sw/worker.ts", "sw.js", async ({ out }) => {
    const names = (await readdir(out, { recursive: true }))
      .map((name) => name.replaceAll("\\", "/"))
      .filter((name) => SHELL.test(name) && name !== "sw.js" && !LATER.test(name))
      .sort();
    const hash = createHash("sha256");
    for (const name of ["index.html", ...names]) hash.update(await readFile(join(out, name)));
    const shell = ["/", SCANNER, ...names.map((name) => `/${name}`)];
    await writeFile(join(out, ".vite/precache.json"), JSON.stringify(shell));
    return {
      __VERSION__: JSON.stringify(hash.digest("hex").slice(0, 12)),
      __SHELL__: JSON.stringify(shell),
    };
  });
