import { en } from "./desk.en.ts";
import { id } from "./desk.id.ts";
import { words } from "./index.ts";

export const t = words(id, en);
