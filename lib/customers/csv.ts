/** CSV (RFC 4180) in pieces: one customer a row, the columns named in the first. */

import { CsvError, parse } from "csv-parse/sync";
import { customerPiece, type Piece, placesIn, problemPiece } from "./pieces.ts";
import { type Place, suggestion } from "./problem.ts";

/** In the order in which they are documented; only `id` is required, and lists are separated by spaces or `;`. */
export const csvColumns = [
  "id",
  "created",
  "gateway",
  "domains",
  "tlsMode",
  "downstream",
  "requireGateway",
  "requireDownstream",
  "allowPrivate",
  "email",
  "sms",
] as const;
type Column = (typeof csvColumns)[number];

/** Which column a path of the customer's object came from. */
const columnOf: Readonly<Record<string, Column>> = {
  id: "id",
  created: "created",
  gateway: "gateway",
  domains: "domains",
  downstream: "downstream",
  "require.gateway": "requireGateway",
  "require.downstream": "requireDownstream",
  allowPrivate: "allowPrivate",
  contacts: "email",
};

interface Row {
  readonly record: readonly string[];
  /** Where the cell `at` stands. */
  cell(at: number): Place;
}

export function* readCsv(text: string): Generator<Piece> {
  let rows: readonly Row[];
  try {
    rows = readRows(text);
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = Number(error.lines ?? 1);
    yield problemPiece({ line, column: 1 }, "", `not CSV: ${error.message}`);
    return;
  }
  const [header, ...body] = rows;
  if (header === undefined) {
    yield problemPiece(
      { line: 1, column: 1 },
      "",
      `expected a first row that names the columns: ${csvColumns.join(",")}`,
    );
    return;
  }
  const problems = [...headerProblems(header)];
  yield* problems;
  if (problems.length > 0) return;
  for (const [index, row] of body.entries()) yield* rowPieces(header.record, row, index);
}

function readRows(text: string): readonly Row[] {
  const options = { bom: true, raw: true, trim: true, relax_column_count: true, skip_empty_lines: true };
  const parsed = parse(text, options) as unknown as readonly { record: readonly string[]; raw: string }[];
  const placeOf = placesIn(text);
  let offset = text.startsWith("\u{feff}") ? 1 : 0;
  return parsed.map(({ record, raw }) => {
    const row = raw.trimStart();
    const start = offset + raw.length - row.length;
    offset += raw.length;
    return { record, cell: (at) => placeOf(start + cellOffset(row, at)) };
  });
}

function* headerProblems(header: Row): Generator<Piece> {
  const known: readonly string[] = csvColumns;
  const names = header.record;
  for (const [at, name] of names.entries()) {
    const place = header.cell(at);
    if (!known.includes(name)) {
      const message = `unknown column${suggestion(name, known) || `; known are ${known.join(", ")}`}`;
      yield { kind: "problem", problem: { ...place, field: "", value: name, message } };
    } else if (names.indexOf(name) < at) {
      yield {
        kind: "problem",
        problem: { ...place, field: "", value: name, message: "this column stands there twice" },
      };
    }
  }
  if (!names.includes("id")) yield problemPiece(header.cell(0), "", "missing, expected a column 'id'");
}

function* rowPieces(columns: readonly string[], row: Row, index: number): Generator<Piece> {
  const { record } = row;
  if (record.length > columns.length) {
    const message = `this row has ${record.length} values, expected at most ${columns.length}`;
    yield problemPiece(row.cell(columns.length), "", message);
    return;
  }
  const cell = (column: Column): string | undefined => record[columns.indexOf(column)] || undefined;
  const list = (column: Column): readonly string[] =>
    cell(column)
      ?.split(/[\s;]+/)
      .filter((entry) => entry !== "") ?? [];
  const tlsMode = cell("tlsMode");
  const allowPrivate = cell("allowPrivate");
  const truth: Readonly<Record<string, boolean>> = { true: true, false: false };
  const contacts = [...list("email").map((email) => ({ email })), ...list("sms").map((sms) => ({ sms }))];
  const customer = {
    id: cell("id") ?? null,
    created: cell("created") ?? null,
    gateway: cell("gateway") ?? null,
    domains: list("domains").map((name) => ({ name, tlsMode: tlsMode ?? null })),
    downstream: list("downstream"),
    require: { gateway: cell("requireGateway") ?? null, downstream: cell("requireDownstream") ?? null },
    allowPrivate: allowPrivate === undefined ? null : (truth[allowPrivate.toLowerCase()] ?? allowPrivate),
    contacts,
  };
  yield customerPiece(index, customer, (path) => row.cell(Math.max(0, columns.indexOf(columnAt(path)))));
}

function columnAt(path: readonly PropertyKey[]): Column {
  const [first, second, third] = path.map(String);
  if (first === "domains" && third === "tlsMode") return "tlsMode";
  if (first === "contacts" && third === "sms") return "sms";
  return columnOf[`${first}.${second}`] ?? columnOf[first ?? "id"] ?? "id";
}

/** Of the cell `at` in a row as written: cells may be quoted, and quoted ones hold commas and line ends. */
function cellOffset(row: string, at: number): number {
  let offset = 0;
  let quoted = false;
  for (let cell = 0; cell < at && offset < row.length; offset++) {
    if (row[offset] === '"') quoted = !quoted;
    if (row[offset] === "," && !quoted) cell++;
  }
  return offset;
}
