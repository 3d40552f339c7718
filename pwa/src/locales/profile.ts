import { words } from "./index.ts";
import { en } from "./profile.en.ts";
import { id } from "./profile.id.ts";

export const t = words(id, en);
