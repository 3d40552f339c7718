import { en } from "./offline.en.ts";
import { id } from "./offline.id.ts";
import { words } from "./index.ts";

export const t = words(id, en);
