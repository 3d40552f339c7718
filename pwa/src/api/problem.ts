/** A refusal or failure, always with a stable code; the words come from the locales. */

export type Params = Record<string, unknown>;

export interface FieldProblem {
  path: string;
  code: string;
}

export class Problem extends Error {
  readonly code: string;
  readonly status: number;
  readonly params: Params;
  /** The server's Indonesian sentence, for a code this build does not know. */
  readonly detail: string;
  readonly fields: FieldProblem[];
  readonly requestId: string;

  constructor(
    code: string,
    { status = 0, params = {}, detail = "", fields = [], requestId = "" }: Partial<Problem> = {},
  ) {
    super(code);
    this.name = "Problem";
    this.code = code;
    this.status = status;
    this.params = params;
    this.detail = detail;
    this.fields = fields;
    this.requestId = requestId;
  }

  /** The request may not have arrived, or its answer was lost: the outcome is not known. */
  get lost(): boolean {
    return this.status === 0 || this.status >= 502;
  }

  get offline(): boolean {
    return this.code === "client/offline" || this.code === "client/timeout";
  }
}

interface Body {
  code?: string;
  detail?: string;
  params?: Params;
  fields?: FieldProblem[];
  request_id?: string;
}

/** The problem in an answer; anything that is not a problem document is said to be unreadable. */
export async function problemFrom(response: Response): Promise<Problem> {
  const status = response.status;
  const type = response.headers.get("Content-Type") ?? "";
  const body = type.includes("json") ? ((await response.json().catch(() => ({}))) as Body) : {};
  if (!body.code) return new Problem(status >= 500 ? "client/server" : "client/unreadable", { status });
  return new Problem(body.code, {
    status,
    params: body.params ?? {},
    detail: body.detail ?? "",
    fields: body.fields ?? [],
    requestId: body.request_id ?? "",
  });
}

/** A part of the app that could not be fetched: the network went between two screens. */
const CHUNK = /dynamically imported module|Importing a module|preload/i;

export const asProblem = (error: unknown): Problem =>
  error instanceof Problem ? error : new Problem(CHUNK.test(String(error)) ? "client/offline" : "client/unforeseen");
