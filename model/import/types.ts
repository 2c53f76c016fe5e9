/** Rules as they came from elsewhere, and what there is to say of them. */

export interface Remark {
  readonly file: string;
  readonly line: number;
  /** As the source calls it. */
  readonly rule?: string;
  /** In a few words; after the rule's name where there is one. */
  readonly message: string;
  /** `note`: nothing is wrong, and yet somebody has to know. */
  readonly kind: 'fault' | 'note';
}

/** Where a rule keeps texts that may be templates. */
export type Section = 'labels' | 'annotations';

export interface Imported {
  readonly kind: 'alert' | 'recording';
  /** As the source calls it; a title in Grafana. */
  readonly name: string;
  /** One expression of PromQL that parses. */
  readonly expr: string;
  /** Seconds. */
  readonly for: number;
  /** Seconds. */
  readonly keepFiringFor: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly group: string;
  /** Seconds. */
  readonly interval?: number;
  readonly file: string;
  readonly line: number;
  /** The line of a place in the expression. */
  readonly lineAt: (offset: number) => number;
  /** The line of a place in one of its labels or annotations. */
  readonly lineOfText: (section: Section, key: string, offset: number) => number;
}

/** A rule of which no expression could be made. */
export interface Untranslated {
  readonly name: string;
  readonly file: string;
  readonly line: number;
  readonly reason: string;
}

/** What a file, or several, turned out to hold. */
export interface Gathered {
  readonly rules: Imported[];
  readonly untranslated: Untranslated[];
  readonly remarks: Remark[];
}

export function nothingYet(): Gathered {
  return { rules: [], untranslated: [], remarks: [] };
}
