/** The one Trusted Types policy: addresses of our own workers, nothing else. */

interface Policy {
  createScriptURL(url: string): unknown;
}
interface Factory {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): Policy;
}

const factory = (globalThis as { trustedTypes?: Factory }).trustedTypes;
const policy = factory?.createPolicy("centang", {
  createScriptURL(url) {
    const own = new URL(url, location.origin);
    if (own.origin === location.origin && /^\/(sw\.js|assets\/[\w.-]+\.m?js)$/.test(own.pathname)) return own.href;
    throw new TypeError("not one of our workers");
  },
});

/** A worker's address that the browser accepts under the strict policy. */
export const workerUrl = (url: string): string => (policy ? policy.createScriptURL(url) : url) as string;
