/** A dashboard as data. */

export interface Dashboard {
  /** Stable: derived from network and slug, so that links and bookmarks stay. At most 40 characters. */
  readonly uid: string;
  readonly title: string;
  /** The Grafana folder: the network's title, or the environment's for what belongs to none. */
  readonly folder: string;
  /** Grafana's dashboard model, without `id` and `version`. */
  readonly json: Readonly<Record<string, unknown>>;
}
