/** The line of a driven phone: real requests to the real server, and what may become of each of them. */

const JSON_TYPE = { "Content-Type": "application/json" };
const lost = (what: string): never => {
  throw new TypeError(what);
};
const page = (status: number): Response =>
  new Response("<title>Masuk ke WiFi</title>", { status, headers: { "Content-Type": "text/html" } });

/** Before a request leaves, or after its answer came: where a test may stop whoever sends it. */
type Pause = () => Promise<void>;

export class Line {
  origin = "";
  /** What becomes of the next requests; the ones after them fare well. */
  fates: Fate[] = [];
  readonly met: Partial<Record<Fate, number>> = {};
  /** How many requests reached the server. */
  carried = 0;
  readonly cookies = new Map<string, string>();
  /** Every authorisation that left for the server, or tried to. */
  readonly stated: string[] = [];
  /** Requests that have left, and will arrive when nobody waits for them any more. */
  readonly late: (() => Promise<unknown>)[] = [];
  private readonly fetch = globalThis.fetch;

  async send(path: string, init: RequestInit, pause: Pause): Promise<Response> {
    const fate = this.fates.shift() ?? "fine";
    this.met[fate] = (this.met[fate] ?? 0) + 1;
    if (path.endsWith("/authorisations")) this.stated.push((JSON.parse(init.body as string) as { sad: string }).sad);
    await pause();
    const answer = await FATES[fate](this.request(path, init), this);
    // A browser keeps its cookies whatever becomes of the tab.
    this.keep(answer);
    await pause();
    return answer;
  }

  /** With the cookies of this moment, as it leaves now. */
  private request(path: string, init: RequestInit): () => Promise<Response> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const { signal: _patience, ...rest } = init;
    return () => {
      this.carried += 1;
      const headers = { ...Object.fromEntries(new Headers(rest.headers)), cookie };
      return this.fetch(this.origin + path, { ...rest, headers });
    };
  }

  private keep(answer: Response): void {
    for (const line of answer.headers.getSetCookie()) {
      const [name = "", value = ""] = (line.split(";")[0] ?? "").split("=");
      this.cookies.set(name, value);
    }
  }
}

type Send = () => Promise<Response>;
const FATES = {
  fine: (send: Send) => send(),
  "request lost": async () => lost("no line"),
  "answer lost": async (send: Send) => (await (await send()).text(), lost("the answer is lost")),
  /** Given up here, and carried out there some time later; should the server die of it, nobody hears. */
  late: async (send: Send, line: Line) => (line.late.push(() => send().then((answer) => answer.text()).catch(() => undefined)), lost("time out")),
  /** Nobody listens: the server is being started again. */
  "connection refused": () => fetchNowhere(),
  "portal's page": async () => page(200),
  "portal's JSON": async () => new Response('{"login": true}', { headers: JSON_TYPE }),
  "portal's refusal": async () => page(403),
  "proxy's 502": async () => page(502),
  "proxy's 504 after it": async (send: Send) => (await (await send()).text(), page(504)),
  "broken server": async () =>
    new Response('{"code": "general/internal"}', {
      status: 503,
      headers: { "Content-Type": "application/problem+json", "Retry-After": "7" },
    }),
  "answer cut short": async (send: Send) => {
    const answer = await send();
    const text = await answer.text();
    return new Response(text.slice(0, text.length / 2), { status: answer.status, headers: JSON_TYPE });
  },
};
export type Fate = keyof typeof FATES;

const outside = globalThis.fetch;
/** Port 1 of this machine. */
const fetchNowhere = (): Promise<Response> => outside("http://127.0.0.1:1/").catch(() => lost("refused"));
