/** What the reader of a contact's address chose by the link in a message. It outlives every import of the customers file. */

export interface ContactChoice {
  /** In lower case. */
  readonly address: string;
  /** False: unsubscribed, and told nothing as a contact of any customer. */
  readonly wants: boolean;
  /** Epoch ms. */
  readonly at: number;
  /** `one-click` is the mail program's button (RFC 8058). */
  readonly by: "page" | "one-click" | "operator";
}
