import { words } from "./index.ts";
import { en } from "./reader.en.ts";
import { id } from "./reader.id.ts";

export const t = words(id, en);
