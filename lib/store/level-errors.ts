/** LevelDB's errors behind dynalite. */

import { AbstractLevel } from "abstract-level";

const { get, put, del, batch } = AbstractLevel.prototype;
const kept = { get, put, del, batch };

/** dynalite has an answer to these. */
const expected: readonly unknown[] = ["LEVEL_NOT_FOUND", "LEVEL_DATABASE_NOT_OPEN"];

/**
 * dynalite 4.0.0 throws what it doesn't know, out of reach of anybody: a disk that is full would end the process. An error
 * with a status is answered, as DynamoDB answers its own (InternalServerError).
 */
export function answerStorageErrors(): void {
  for (const [name, method] of Object.entries(kept)) {
    Object.assign(AbstractLevel.prototype, {
      async [name](...args: unknown[]): Promise<unknown> {
        try {
          return await Reflect.apply(method, this, args);
        } catch (error) {
          throw answerable(error);
        }
      },
    });
  }
}

function answerable(error: unknown): unknown {
  if (!(error instanceof Error) || ("code" in error && expected.includes(error.code))) return error;
  const why = error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
  const body = { __type: "com.amazonaws.dynamodb.v20120810#InternalServerError", message: why };
  return Object.assign(error, { statusCode: 500, body });
}
