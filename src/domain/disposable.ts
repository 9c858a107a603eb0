import { disposableEmailBlocklistSet } from "disposable-email-domains-js";

let domains: ReadonlySet<string> | null = null;

/**
 * Whether addresses of a domain (in its ASCII form) or of one above it are thrown away after use, as far as
 * the list of `disposable-email-domains-js` knows. The list is unpacked by the first question.
 */
export function isDisposable(domain: string): boolean {
  domains ??= disposableEmailBlocklistSet();
  for (let at = 0; ;) {
    if (domains.has(domain.slice(at))) return true;
    at = domain.indexOf(".", at) + 1;
    if (at === 0) return false;
  }
}
