import { describeProgress, type ToolProgress } from '../tools/index.ts';
import type { Progress } from './progress.ts';

/** For `onProgress` of tools. In a file of its own: our image holds commands that show progress, and no tools. */
export function toolProgress({ show }: Progress): (progress: ToolProgress) => void {
  return (at) => show(describeProgress(at));
}
