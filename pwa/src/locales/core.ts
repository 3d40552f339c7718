import { en } from "./core.en.ts";
import { id } from "./core.id.ts";
import { words } from "./index.ts";

export const t = words(id, en);
