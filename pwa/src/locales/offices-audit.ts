import { words } from "./index.ts";
import { en } from "./offices-audit.en.ts";
import { id } from "./offices-audit.id.ts";

export { id };
export const t = words(id, en);
