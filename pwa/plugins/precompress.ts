import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants } from "node:zlib";
import type { Plugin } from "vite";

const TEXT = /\.(html|js|mjs|css|svg|webmanifest|json|wasm)$/;
const brotli = promisify(brotliCompress);

/** Writes `file.br` beside every text file, so that the server never compresses at run time. */
export function precompress(): Plugin {
  let out = "";
  return {
    name: "centang-precompress",
    apply: "build",
    enforce: "post",
    configResolved: (config) => void (out = join(config.root, config.build.outDir)),
    closeBundle: {
      order: "post",
      sequential: true,
      async handler() {
        const files = await readdir(out, { recursive: true });
        for (const file of files.filter((name) => TEXT.test(name))) {
          const raw = await readFile(join(out, file));
          const packed = await brotli(raw, {
            params: {
              [constants.BROTLI_PARAM_QUALITY]: 11,
              [constants.BROTLI_PARAM_SIZE_HINT]: raw.length,
            },
          });
          await writeFile(join(out, `${file}.br`), packed);
        }
      },
    },
  };
}
