import { z } from 'zod';

/** A settings field: paths of PEM files. Where it is left out, the service speaks plain HTTP. */
export function tlsField() {
  const file = (holds: string) => z.string({ error: `needs the path of ${holds}, in PEM` }).min(1);
  return z
    .strictObject({
      /** Of the server, with the certificates between it and its authority behind it. */
      cert: file('a certificate'),
      key: file('its private key'),
      /** Whose certificates callers must show; nobody is asked for one where it is left out. */
      clientCa: file('the certificate of an authority').optional(),
    })
    .optional();
}

/** A settings field: paths of PEM files, for asking a server. Where all are left out, the system's own authorities are trusted. */
export function clientTlsField() {
  return z
    .strictObject({
      /** Whom to trust, in place of the system's own authorities. */
      caFile: z.string().min(1).optional(),
      /** What to show to a server that asks for it, with its key. */
      certFile: z.string().min(1).optional(),
      keyFile: z.string().min(1).optional(),
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
