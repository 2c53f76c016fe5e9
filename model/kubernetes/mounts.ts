/** What is there in the namespace already, and a pod sees besides what is made for it. */
export type MountPlan =
  | {
      /** Of the volume. */
      readonly name: string;
      readonly path: string;
      readonly secret: string;
      /** Those of its keys that are seen. @default all */
      readonly keys?: readonly string[];
    }
  | {
      readonly name: string;
      readonly path: string;
      /** A PersistentVolumeClaim, in which each pod has a folder of its own. */
      readonly claim: string;
    };
