/** A dashboard as data. */

export interface Dashboard {
  /** Stable: derived from network and slug, so that links and bookmarks stay. At most 40 characters. */
  readonly uid: string;
  /** Its own name within the network. */
  readonly slug: string;
  readonly title: string;
  /** The network, or `system`. */
  readonly owner: string;
  /** What a person looks at first; the others go into depth. */
  readonly overview: boolean;
  /** The title of the Grafana folder: one per network, one for what belongs to the environment. */
  readonly folder: string;
  readonly folderUid: string;
  readonly panels: readonly PlacedPanel[];
  /** Grafana's dashboard model, without `id` and `version`. */
  readonly json: Readonly<Record<string, unknown>>;
}

/** What others need to know of a panel in order to link to it. */
export interface PlacedPanel {
  /** Pinned: chosen by the author, never by position. */
  readonly id: number;
  readonly title: string;
  readonly unit: string;
  /** Names of the alerts whose reading it shows. */
  readonly alerts: readonly string[];
  /** Those among them whose threshold it draws, where they are planned. */
  readonly limits: readonly string[];
}
