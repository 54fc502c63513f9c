/** zod's issues as problems with a place and a sentence. */

import type * as z from "zod";
import type { Part } from "./pieces.ts";
import { fieldName, type InputProblem, shown, suggestion } from "./problem.ts";

type Issue = z.core.$ZodIssue;

export function problemsOf(file: string, part: Part, issues: readonly Issue[]): InputProblem[] {
  return issues.flatMap((issue) => flatten(issue, part.value)).flatMap((issue) => problems(file, part, issue));
}

/** A union's issue gives way to those of the branch that the value's own type chose. */
function flatten(issue: Issue, root: unknown): readonly Issue[] {
  if (issue.code !== "invalid_union") return [issue];
  const isText = typeof valueAt(root, issue.path) === "string";
  const chosen = issue.errors.find((branch) => !branch.some((inner) => isOtherType(inner, isText)));
  if (chosen === undefined) return [issue];
  return chosen.flatMap((inner) => flatten({ ...inner, path: [...issue.path, ...inner.path] } as Issue, root));
}

/** The branch is for another type altogether. A choice of words finds fault with any other type as with a wrong word. */
function isOtherType(issue: Issue, isText: boolean): boolean {
  return issue.path.length === 0 && (issue.code === "invalid_type" || (issue.code === "invalid_value" && !isText));
}

function problems(file: string, part: Part, issue: Issue): readonly InputProblem[] {
  if (issue.code === "unrecognized_keys") {
    const keys = issue.message.split(", ");
    return issue.keys.map((key) => {
      const path = [...issue.path, key];
      const message = `unknown key${suggestion(key, keys) || `; known are ${issue.message}`}`;
      return { file, ...part.place(path, "key"), field: fieldName([...part.path, ...issue.path]), value: key, message };
    });
  }
  const value = valueAt(part.value, issue.path);
  const near = issue.code === "invalid_value" ? suggestion(String(value), issue.values.map(String)) : "";
  const message = `${value === undefined ? "missing, " : ""}expected ${issue.message}${near}`;
  const field = fieldName([...part.path, ...issue.path]);
  return [{ file, ...part.place(issue.path, "value"), field, value: scalar(value), message }];
}

/** A whole object isn't shown: its place is. */
function scalar(value: unknown): string | null {
  return typeof value === "object" ? null : shown(value);
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((at, step) => {
    return typeof at === "object" && at !== null ? (at as Record<PropertyKey, unknown>)[step] : undefined;
  }, value);
}
