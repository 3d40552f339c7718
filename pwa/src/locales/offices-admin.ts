import { words } from "./index.ts";
import { en } from "./offices-admin.en.ts";
import { id } from "./offices-admin.id.ts";

export const t = words(id, en);
