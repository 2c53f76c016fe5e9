/** All chains. To add one: a folder here, a folder in `rules/`, and one line in this list. */
import type { Chain } from '../model/chain.ts';
import { opStack } from './op-stack/chain.ts';
import { system } from './system/chain.ts';

export const chains: readonly Chain[] = [opStack, system];
