import { en } from "./choices.en.ts";
import { id } from "./choices.id.ts";
import { words } from "./index.ts";

export const t = words(id, en);
