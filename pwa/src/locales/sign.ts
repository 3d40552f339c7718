import { words } from "./index.ts";
import { en } from "./sign.en.ts";
import { id } from "./sign.id.ts";

export const t = words(id, en);
