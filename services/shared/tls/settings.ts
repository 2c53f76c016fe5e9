import { z } from 'zod';

/** A settings field: paths of PEM files. Where it is left out, the service speaks plain HTTP. */
export function tlsField() {
  const file = (holds: string) => z.string({ error: `needs the path of ${holds}, in PEM` }).min(1);
  return z
    .strictObject({
      cert: file('a certificate').describe(
        'Certificate in PEM, with those between it and its authority behind it: speak TLS. Read again when it changes.',
      ),
      key: file('its private key').describe('Its private key.'),
      clientCa: file('the certificate of an authority')
        .optional()
        .describe('Take connections only of those who show a certificate of this authority.'),
    })
    .optional();
}

/** A settings field: paths of PEM files, for asking a server. Where all are left out, the system's own authorities are trusted. */
export function clientTlsField() {
  return z
    .strictObject({
      caFile: z.string().min(1).optional().describe("Whom to trust, in place of the system's own authorities."),
      certFile: z.string().min(1).optional().describe('What to show to a server that asks for it, with its key.'),
      keyFile: z.string().min(1).optional().describe('The private key of certFile.'),
    })
    .refine(({ certFile, keyFile }) => (certFile === undefined) === (keyFile === undefined), {
      error: 'certFile and keyFile go together',
    })
    .default({});
}

export interface TlsPaths {
  readonly cert: string;
  readonly key: string;
  readonly clientCa?: string | undefined;
}
