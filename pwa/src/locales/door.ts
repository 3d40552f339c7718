import { en } from "./door.en.ts";
import { id } from "./door.id.ts";
import { words } from "./index.ts";

export const t = words(id, en);
