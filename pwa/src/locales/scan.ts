import { words } from "./index.ts";
import { en } from "./scan.en.ts";
import { id } from "./scan.id.ts";

export const t = words(id, en);
export type Word = keyof typeof id;
