import { ServiceFault } from '../../shared/fault.ts';

/** Why a backup cannot be used. `damaged`: what it holds is not what it says; `unfit`: it is none, or not for us. */
export class BackupFault extends ServiceFault {
  override name = 'BackupFault';
  readonly kind: 'damaged' | 'unfit';

  constructor(kind: BackupFault['kind'], reason: string, remedy: string) {
    super(reason, remedy);
    this.kind = kind;
  }
}

export function damaged(reason: string): BackupFault {
  return new BackupFault('damaged', `the backup is damaged: ${reason}`, 'take another one; this one cannot be used');
}

/** @param what `is no backup` */
export function unfit(
  what: string,
  remedy = 'give a file that `peers backup` or the service has written',
): BackupFault {
  return new BackupFault('unfit', `the file ${what}`, remedy);
}
