/** Why a batch is refused. The reason names the place: the number of the snapshot, the byte. */
export class BatchFault extends Error {
  override name = 'BatchFault';
  /** `too_many`: shorter batches would be taken; `bad_batch`: sending it again cannot help. */
  readonly kind: 'bad_batch' | 'too_many';

  constructor(kind: BatchFault['kind'], reason: string) {
    super(reason);
    this.kind = kind;
  }
}
