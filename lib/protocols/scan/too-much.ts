/** Whether a server says that we connect too often: 421 (RFC 5321 §3.8), 4.7.x (RFC 3463 §3.8), or in plain words. */

const tooOften = [
  /^421\b/,
  /^4\d\d\b.*\b4\.7\.\d/,
  /^[45]\d\d\b.*(too (many|fast|often|much)|rate|limit|exceed|slow down|throttl|concurrent|try again later)/i,
];

/** `how` is a reply's code and its first line. From the wire. */
export function saysTooMuch(how: string): boolean {
  return tooOften.some((pattern) => pattern.test(how));
}
