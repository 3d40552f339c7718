import { words } from "./index.ts";
import { en } from "./outcomes.en.ts";
import { id } from "./outcomes.id.ts";

export const t = words(id, en);
export type Word = keyof typeof id;
export const isWord = (key: string): key is Word => key in id;
