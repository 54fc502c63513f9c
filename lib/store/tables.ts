/** The three tables: one definition for the embedded store and for the stack. */

export interface TableIndex {
  readonly name: string;
  /** A string attribute; only items that have both attributes stand in the index. */
  readonly hash: string;
  /** A number attribute. */
  readonly range: string;
}

export interface TableDefinition {
  /** Partition and sort key, both strings. */
  readonly hash: string;
  readonly range: string;
  /** Keys only: an item's copy in an index costs one unit. */
  readonly indexes: readonly TableIndex[];
  /** The attribute with the epoch second at which an item expires; null: nothing here expires. */
  readonly expiry: string | null;
}

export type TableRole = "config" | "state" | "ledger";
export const tableRoles: readonly TableRole[] = ["config", "state", "ledger"];
export type TableNames = Readonly<Record<TableRole, string>>;

/** Causes that aren't clear, by when they have to be looked at next. */
export const wakeIndex: TableIndex = { name: "wake", hash: "active", range: "wake" };

export const tableDefinitions: Readonly<Record<TableRole, TableDefinition>> = {
  config: { hash: "pk", range: "sk", indexes: [], expiry: null },
  state: { hash: "pk", range: "sk", indexes: [wakeIndex], expiry: "expiresAt" },
  ledger: { hash: "pk", range: "sk", indexes: [], expiry: "expiresAt" },
};

/** `chainmail` → `chainmail-config`, `chainmail-state`, `chainmail-ledger`. */
export function tableNames(prefix: string): TableNames {
  return { config: `${prefix}-config`, state: `${prefix}-state`, ledger: `${prefix}-ledger` };
}
