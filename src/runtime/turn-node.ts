/** Resolves when everything that came in this turn of the event loop has been taken in. */
export function nodeTurn(): () => Promise<void> {
  let end: Promise<void> | null = null;
  return () =>
    (end ??= new Promise((resolve) => {
      setImmediate(() => {
        end = null;
        resolve();
      });
    }));
}
