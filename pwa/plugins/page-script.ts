import type { Plugin } from "vite";
import { apart } from "./apart.ts";

/** Builds `/klaim.js`, the public pages' one script. */
export const pageScript = (): Plugin => apart("centang-page-script", "src/scan/page.ts", "klaim.js", async () => ({}));
