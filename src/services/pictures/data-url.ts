const SLICE = 8192;

/** Bytes as a data URL. */
export function toDataUrl(type: string, bytes: Uint8Array): string {
  let binary = "";
  for (let at = 0; at < bytes.length; at += SLICE) {
    binary += String.fromCharCode(...bytes.subarray(at, at + SLICE));
  }
  return `data:${type};base64,${btoa(binary)}`;
}

/** The type and the bytes of a data URL in base64, or null when it is none. */
export function fromDataUrl(url: string): { type: string; bytes: Uint8Array<ArrayBuffer> } | null {
  const match = /^data:([a-z]+\/[a-z0-9.+-]+);base64,([A-Za-z0-9+/]+={0,2})$/.exec(url);
  if (match === null) return null;
  try {
    const binary = atob(match[2] as string);
    return { type: match[1] as string, bytes: Uint8Array.from(binary, (c) => c.charCodeAt(0)) };
  } catch {
    return null;
  }
}
