import { customType, integer } from "drizzle-orm/sqlite-core";
import { formatId, type IdKind, parseId } from "../../domain/id.ts";

/**
 * A public id in TypeScript, a 53-bit integer in the database: 8 bytes in a row and in every index,
 * where the text would take 15.
 */
export const idColumn = (kind: IdKind, name: string) =>
  customType<{ data: string; driverData: number }>({
    dataType: () => "integer",
    fromDriver: (value) => formatId(kind, value),
    toDriver: (id) => {
      const value = parseId(kind, id);
      if (value === null) throw new TypeError(`not an id of a ${kind}`);
      return value;
    },
  })(name);

/** An instant in milliseconds since 1970, UTC. */
export const instant = (name: string) => integer(name, { mode: "number" });
