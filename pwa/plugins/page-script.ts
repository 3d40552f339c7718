import { join } from "node:path";
import { build, type Plugin } from "vite";

/** Builds `/klaim.js`, the public pages' one script, under a name that stays. */
export function pageScript(): Plugin {
  let root = "";
  let out = "";
  return {
    name: "centang-page-script",
    apply: "build",
    configResolved(config) {
      root = config.root;
      out = join(config.root, config.build.outDir);
    },
    closeBundle: {
      sequential: true,
      async handler() {
        await build({
          configFile: false,
          root,
          publicDir: false,
          logLevel: "warn",
          build: {
            outDir: out,
            emptyOutDir: false,
            target: ["chrome100", "safari16.4"],
            rollupOptions: {
              input: join(root, "src/scan/page.ts"),
              output: { format: "iife", entryFileNames: "klaim.js" },
            },
          },
        });
      },
    },
  };
}
