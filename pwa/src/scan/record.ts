/** The live record, asked where there is a line. */

export interface PublicRecord {
  code: string;
  state: "certified" | "intact" | "checking" | "in-progress" | "unsure" | "not-issued" | "revoked" | "superseded";
  subject: string | null;
  number: string | null;
  unit: string | null;
  signers: { name: string; capacity: string; signed_at: string }[];
  /** How many pages may be shown. */
  pictures: number;
}

const PATIENCE = 8000;

/** "unknown" when the server knows no such code; null when it gave no answer. */
export async function recordOf(code: string): Promise<PublicRecord | "unknown" | null> {
  try {
    const answer = await fetch(`/api/v1/public/records/${encodeURIComponent(code)}`, {
      credentials: "omit",
      headers: { Accept: "application/json" },
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (answer.status === 404 && answer.headers.get("Content-Type")?.startsWith("application/problem+json")) return "unknown";
    return answer.ok ? ((await answer.json()) as PublicRecord) : null;
  } catch {
    return null;
  }
}

export const picture = (code: string, page: number): string => `/v/${encodeURIComponent(code)}/halaman/${page}`;
