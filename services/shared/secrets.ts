/**
 * What must never be readable in a log or an answer: the values of the secret files in use, and what looks like a
 * credential in a text that others wrote (an alert's annotation may hold an RPC address with its key).
 */
export class SecretScrubber {
  readonly #sources: (() => readonly string[])[] = [];

  /** Adds values to hide; asked anew at each use, since secrets rotate. */
  add(source: () => readonly string[]): void {
    this.#sources.push(source);
  }

  /** Replaces every known value, as it is and as JSON writes it. */
  scrub(text: string): string {
    let clean = text;
    for (const source of this.#sources) {
      for (const value of source()) {
        if (value.length === 0) continue;
        clean = clean.replaceAll(value, HIDDEN);
        const escaped = JSON.stringify(value).slice(1, -1);
        if (escaped !== value) clean = clean.replaceAll(escaped, HIDDEN);
      }
    }
    return clean;
  }

  /** `scrub`, and hides what only looks like a credential: userinfo in URLs, key parameters, members named like secrets. */
  scrubForeign(text: string): string {
    return this.scrub(text)
      .replace(/(\/\/)[^\s/@"'\\]{1,512}@/g, `$1${HIDDEN}@`)
      .replace(/([?&](?:[\w-]{0,64}(?:key|token|secret|passw(?:or)?d|auth))=)[^\s&"'\\#]+/gi, `$1${HIDDEN}`)
      .replace(
        /("[\w.-]{0,64}(?:token|secret|passw(?:or)?d|api_?key|authorization)"\s*:\s*)"(?:[^"\\]|\\.)*"/gi,
        `$1"${HIDDEN}"`,
      );
  }
}

const HIDDEN = '[redacted]';
