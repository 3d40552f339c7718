import { words } from "./index.ts";
import { en } from "./bulk.en.ts";
import { id } from "./bulk.id.ts";

export const t = words(id, en);
