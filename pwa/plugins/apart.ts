import { join } from "node:path";
import { build, type Plugin } from "vite";

/** Where the app is and where its build goes. */
export interface Places {
  root: string;
  out: string;
}

/** A script of its own beside the app's chunks: one file, under a name that stays. */
export function apart(name: string, input: string, file: string, define: (places: Places) => Promise<Record<string, string>>): Plugin {
  let places: Places = { root: "", out: "" };
  return {
    name,
    apply: "build",
    configResolved({ root, build }) {
      places = { root, out: join(root, build.outDir) };
    },
    closeBundle: {
      sequential: true,
      async handler() {
        const { root, out } = places;
        await build({
          configFile: false,
          root,
          publicDir: false,
          logLevel: "warn",
          define: await define(places),
          build: {
            outDir: out,
            emptyOutDir: false,
            target: ["chrome100", "safari16.4"],
            rollupOptions: { input: join(root, input), output: { format: "iife", entryFileNames: file } },
          },
        });
      },
    },
  };
}
