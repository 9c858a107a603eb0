/** Values that somebody may send where any field is expected, as JSON text: some have no JavaScript form. */
export const HOSTILE_VALUES: readonly string[] = [
  "null",
  "true",
  "0",
  "-0",
  "-1",
  "1.5",
  "1e308",
  "1e400",
  "-1e400",
  "9007199254740993",
  "{}",
  "[]",
  "[null]",
  "[[[[[[[[]]]]]]]]",
  '{"__proto__":{"admin":true}}',
  '{"constructor":{"prototype":{"admin":true}}}',
  '{"toString":1,"valueOf":null,"length":-1}',
  `${'{"all":['.repeat(200)}${"]}".repeat(200)}`,
  '""',
  '" "',
  '"\\u0000"',
  '"a\\u0000b"',
  '"\\u0007\\u001b[31mred"',
  '"\\ud800"',
  '"x\\udc00y"',
  '"\\ufffe\\uffff"',
  '"NaN"',
  '"Infinity"',
  '"1e400"',
  '"0x10"',
  `"'; DROP TABLE participants; --"`,
  `"\\" OR 1=1 --"`,
  '"%27%20OR%201=1"',
  '"../../../../etc/passwd"',
  '"..%2f..%2f"',
  '"file:///etc/passwd"',
  '"http://[::1"',
  '"https://user:pass@example.com/"',
  '"ＡＤＭＩＮ"',
  '"аdmin"',
  '"\\u202egnp.exe"',
  '"\\u200b\\u2060\\ufeff"',
  '"e\\u0301\\u0301\\u0301\\u0301"',
  '"👩‍👩‍👧‍👦"',
  '"<script>alert(1)</script>"',
  '"{{7*7}}${7*7}#{7*7}"',
  '"2026-13-45T99:99:99Z"',
  '"-271821-04-20T00:00:00Z"',
  '"9999-12-31T23:59:59.999-23:59"',
  '"1969-12-31T23:59:59Z"',
  '"com_zzzzzzzzzzz"',
  `"${"x".repeat(4000)}"`,
  `"${"名".repeat(1200)}"`,
];

/** What would be too much for every field. */
export const HUGE_VALUES: readonly string[] = [
  `"${"x".repeat(60_000)}"`,
  `[${"1,".repeat(30_000)}1]`,
  `["${Array.from({ length: 10_000 }, (_, i) => i.toString(36)).join('","')}"]`,
  `{${Array.from({ length: 4000 }, (_, i) => `"k${i}":1`).join()}}`,
];

/** Query parameters, as they are typed into a URL. */
export const HOSTILE_PARAMETERS: readonly string[] = [
  "",
  "%20",
  "null",
  "undefined",
  "NaN",
  "-1",
  "0",
  "1.5",
  "1e400",
  "99999999999999999999",
  "%00",
  "%F0%9F%98%80",
  "%ff",
  "%",
  "%ED%A0%80",
  "%E2%80%AE",
  "'%20OR%201=1--",
  "%22%3E%3Cscript%3E",
  "..%2F..%2Fetc",
  "YQ",
  "YWNvbV96enp6enp6enp6eg",
  "YjEuMi4z",
  "YTkwMDcxOTkyNTQ3NDA5OTEuMC4w",
  "[object%20Object]",
  "__proto__",
  "a".repeat(3000),
];

/** Whether a JSON text is of a type that the document gives to a field: else a check of types refuses it. */
export function isOfType(value: string, types: readonly string[]): boolean {
  const parsed: unknown = JSON.parse(value);
  const type = parsed === null ? "null" : Array.isArray(parsed) ? "array" : typeof parsed;
  return types.length === 0 || types.includes(type) || (type === "number" && types.includes("integer"));
}

/** A body with a JSON text at each of these dotted fields, made where there is nothing yet. */
export function withFields(body: object, values: Record<string, string>): string {
  const marked = structuredClone(body) as Record<string, unknown>;
  for (const field of Object.keys(values)) {
    const steps = field.split(".");
    const last = steps.pop() as string;
    let at = marked;
    for (const step of steps) {
      if (typeof at[step] !== "object" || at[step] === null) at[step] = {};
      at = at[step] as Record<string, unknown>;
    }
    at[last] = `@@${field}@@`;
  }
  return JSON.stringify(marked).replace(/"@@([\w.]+)@@"/g, (_, field: string) => values[field] as string);
}
