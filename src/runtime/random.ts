/** Bytes that are asked for together: asking costs more than the bytes. */
const POOL = 4096;

/** Random bytes of the platform's generator; none is handed out twice, or kept once it is. */
export function createRandom(): (length: number) => Uint8Array {
  const pool = new Uint8Array(POOL);
  let used = POOL;
  return (length) => {
    if (length > POOL / 8) return crypto.getRandomValues(new Uint8Array(length));
    if (used + length > POOL) {
      crypto.getRandomValues(pool);
      used = 0;
    }
    const bytes = pool.slice(used, used + length);
    pool.fill(0, used, used + length);
    used += length;
    return bytes;
  };
}
