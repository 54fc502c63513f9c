/** Where mail servers listen: SMTP, two habits of providers, submission and submission over implicit TLS (RFC 8314). */
export const mailPorts: readonly number[] = [25, 26, 465, 587, 2525];
