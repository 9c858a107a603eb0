/** An invite's URL as people read it; with the token of this moment where it rotates. */
export const inviteUrl = (origin: string, code: string, token: string | null = null): string =>
  `${origin}/i/${code}${token === null ? "" : `/${token}`}`;

/** The same all in upper case, which makes a smaller QR code; hosts, schemes and codes do not mind. */
export function inviteQrText(origin: string, code: string, token: string | null = null): string {
  const { protocol, host, pathname } = new URL(origin);
  // A path prefix is case-sensitive: then the text stays as it is.
  const bare = pathname === "/" ? `${protocol}//${host}` : origin;
  const url = inviteUrl(bare, code, token);
  return pathname === "/" ? url.toUpperCase() : url;
}

/** The URL of a screen. */
export const screenUrl = (origin: string, seal: string): string => `${origin}/screen/${seal}`;

/** Where a key reads a community's logo, and a group's uploaded QR code. */
export const logoUrl = (origin: string, id: string): string => `${origin}/v1/communities/${id}/logo`;
export const groupQrUrl = (origin: string, id: string): string => `${origin}/v1/groups/${id}/qr`;

/** Where a source of orders tells of them. */
export const hookUrl = (origin: string, source: string): string => `${origin}/hooks/${source}`;

/** The URL of a campaign's public board. */
export const boardUrl = (origin: string, campaignId: string): string => `${origin}/board/${campaignId}`;

/** The URL of a participant's own page. */
export const passUrl = (origin: string, pass: string): string => `${origin}/p/${pass}`;

/** The URL of the page of somebody whose gate is pending. */
export const applicationUrl = (origin: string, pass: string): string => `${origin}/a/${pass}`;
