import { describe, expect, it } from "vitest";
import { fill } from "../src/locales/index.ts";
import { problems as inEnglish } from "../src/locales/problems.en.ts";
import { problems as inIndonesian } from "../src/locales/problems.id.ts";

const areas = import.meta.glob<Record<string, Record<string, string>>>("../src/locales/*.*.ts", { eager: true });
const placeholders = (sentence: string) => [...sentence.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

describe("words", () => {
  it("explains every problem in both languages, with the same facts", () => {
    expect(Object.keys(inEnglish).sort()).toEqual(Object.keys(inIndonesian).sort());
    for (const [code, sentence] of Object.entries(inIndonesian)) {
      const known = placeholders(sentence);
      expect([code, placeholders(inEnglish[code] as string).filter((name) => !known.includes(name))]).toEqual([code, []]);
    }
  });

  it("has every sentence of every area in both languages, with the same values", () => {
    for (const [file, { id }] of Object.entries(areas)) {
      if (!file.endsWith(".id.ts") || !id) continue;
      const { en } = areas[file.replace(".id.ts", ".en.ts")] as Record<string, Record<string, string>>;
      for (const [key, sentence] of Object.entries(id)) {
        expect([file, key, placeholders(en?.[key] as string)]).toEqual([file, key, placeholders(sentence)]);
      }
    }
  });

  it("speaks without shouting or codes", () => {
    const sentences = Object.values(areas).flatMap((area) => Object.values(area.id ?? area.en ?? {}));
    for (const sentence of [...sentences, ...Object.values(inIndonesian), ...Object.values(inEnglish)]) {
      expect(sentence).not.toMatch(/!|\berror\b|\b[45]\d\d\b/i);
    }
  });

  it("fills values in", () => {
    expect(fill("Masih bisa {count} kali lagi.", { count: 3 })).toBe("Masih bisa 3 kali lagi.");
  });

  it("tells one from many", () => {
    const said = [1, 2].map((count) => fill("{count} {count|paper waits|papers wait}.", { count }));
    expect(said).toEqual(["1 paper waits.", "2 papers wait."]);
  });
});
