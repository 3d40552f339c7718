import { words } from "./index.ts";
import { en } from "./offices.en.ts";
import { id } from "./offices.id.ts";

export const t = words(id, en);
