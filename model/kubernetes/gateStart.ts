/**
 * How a gate is started. nginx reads its files once: those of the stack roll the pods by a mark on them, but a Secret that somebody else
 * renews, such as cert-manager, no plan knows. So a shell beside nginx looks at these, and has nginx read all anew when they change.
 */
import { GATE_FOLDER } from './gate.ts';

/** Seconds between two looks; until the kubelet has brought a changed Secret it takes a minute. */
const EVERY = 10;

/** What nginx would not take is not tried on the one that serves, and is looked at again the next time. */
const WATCHED = `config=$1 every=$2
shift 2
sum() { cat "$@" 2>&1 | cksum; }
old=$(sum "$@")
(while sleep "$every"; do
  new=$(sum "$@")
  if [ "$new" != "$old" ] && nginx -t -q -c "$config" -e stderr; then
    old=$new
    kill -HUP $$
  fi
done) &
exec nginx -c "$config" -e stderr -g 'daemon off;'`;

/**
 * Not the image's own start, which writes into its configuration.
 * @param watched paths of files that change without a plan
 */
export function gateCommand(
  watched: readonly string[],
  { folder = GATE_FOLDER, every = EVERY }: { readonly folder?: string; readonly every?: number } = {},
): string[] {
  const config = `${folder}/nginx.conf`;
  if (watched.length === 0) return ['nginx', '-c', config, '-e', 'stderr', '-g', 'daemon off;'];
  return ['sh', '-c', WATCHED, 'gate', config, String(every), ...watched];
}
