/** What one check of a place or a stack found. */

export interface Check {
  readonly name: string;
  readonly state: "good" | "warning" | "bad" | "unknown";
  /** One sentence with what was seen and, where it is bad, what to do. */
  readonly words: string;
}
