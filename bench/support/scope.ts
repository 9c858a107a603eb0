/** Calls `defer` with what must be undone, whatever happens: it is undone backwards at the end. */
export type Defer = (undo: () => unknown) => void;

export async function scoped<T>(work: (defer: Defer) => Promise<T>): Promise<T> {
  const undos: (() => unknown)[] = [];
  try {
    return await work((undo) => undos.push(undo));
  } finally {
    for (const undo of undos.reverse()) await undo();
  }
}
