import { words } from "./index.ts";
import { en } from "./trail.en.ts";
import { id } from "./trail.id.ts";

export const t = words(id, en);
export type Word = keyof typeof id;
export const isWord = (key: string): key is Word => key in id;
