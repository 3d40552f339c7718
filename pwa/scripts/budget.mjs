// Prints what a phone downloads, in Brotli bytes as the server sends them, and fails over budget.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

const dist = new URL("../dist/", import.meta.url).pathname;
const manifest = JSON.parse(readFileSync(join(dist, ".vite/manifest.json"), "utf8"));
const kilobyte = 1024;

const weigh = (file) => {
  try {
    return statSync(join(dist, `${file}.br`)).size;
  } catch {
    return statSync(join(dist, file)).size;
  }
};

/** A manifest entry with everything it imports at once, scripts and styles. */
function closure(key, seen = new Set()) {
  const entry = manifest[key];
  if (!entry || seen.has(entry.file)) return seen;
  seen.add(entry.file);
  for (const css of entry.css ?? []) seen.add(css);
  for (const imported of entry.imports ?? []) closure(imported, seen);
  return seen;
}

const keyOf = (part) => Object.keys(manifest).find((key) => key.endsWith(part));
const sum = (files) => files.reduce((total, file) => total + weigh(file), 0);
const show = (label, bytes, limit) => {
  const over = limit !== undefined && bytes > limit;
  const goal = limit === undefined ? "" : ` of ${(limit / kilobyte).toFixed(0)} KB${over ? "  OVER BUDGET" : ""}`;
  console.log(`${label.padEnd(34)} ${(bytes / kilobyte).toFixed(1).padStart(7)} KB${goal}`);
  return over;
};

const first = [...closure("index.html")];
const scripts = first.filter((file) => file.endsWith(".js"));
const shellFiles = ["index.html", "manifest.webmanifest", "icon.svg"];
const signing = [...closure(keyOf("views/sign.tsx"))].filter((file) => !first.includes(file));
const reader = [...closure(keyOf("views/reader.tsx"))].filter((file) => !first.includes(file));
const sync = [...closure(Object.keys(manifest).find((key) => key.startsWith("_outgoing-")))].filter((file) => !first.includes(file));
const precached = JSON.parse(readFileSync(join(dist, ".vite/precache.json"), "utf8"));

const failures = [
  show("inbox, first load (shell and files)", sum([...first, ...shellFiles]), 40 * kilobyte - 2 * kilobyte),
  show("  of which scripts", sum(scripts), 30 * kilobyte),
  show("sending and keeping, more", sum(sync)),
  show("reader, more", sum(reader)),
  show("signing, more", sum(signing.filter((file) => !reader.includes(file))), 25 * kilobyte),
  show(`precache (${precached.length} files)`, sum(precached.map((path) => (path === "/" || path === "/pindai" ? "index.html" : path.slice(1))))),
  show("everything built", sum(readdirSync(dist, { recursive: true }).filter((file) => /\.(js|mjs|css|html)$/.test(file)))),
];
if (failures.some(Boolean)) process.exit(1);
