/** An invite's URL as people read it. */
export const inviteUrl = (origin: string, code: string): string => `${origin}/i/${code}`;

/** The same all in upper case, which makes a smaller QR code; hosts, schemes and codes do not mind. */
export function inviteQrText(origin: string, code: string): string {
  const { protocol, host, pathname } = new URL(origin);
  // A path prefix is case-sensitive: then the text stays as it is.
  const url = inviteUrl(origin, code);
  return pathname === "/" ? inviteUrl(`${protocol}//${host}`, code).toUpperCase() : url;
}

/** The URL of a participant's own page. */
export const passUrl = (origin: string, pass: string): string => `${origin}/p/${pass}`;
