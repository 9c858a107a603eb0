/**
 * Works something out of a config once and keeps it with that very object. Gates that are read from the
 * database are shared and frozen, so their sentences and tables are made once a gate, not once a person.
 */
export function perConfig<Config extends object, Made>(
  make: (config: Config) => Made,
): (config: Config) => Made {
  const kept = new WeakMap<Config, Made>();
  return (config) => {
    const found = kept.get(config);
    if (found !== undefined) return found;
    const made = make(config);
    kept.set(config, made);
    return made;
  };
}
