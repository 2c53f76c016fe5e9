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

export interface TlsPaths {
  readonly cert: string;
  readonly key: string;
  readonly clientCa?: string | undefined;
}
