/** All chains. To add one: a folder here, a folder in `rules/`, and one line in this list. */
import type { Chain } from '../model/chain.ts';
import { aztec } from './aztec/chain.ts';
import { eqService } from './eq-service/chain.ts';
import { genlayer } from './genlayer/chain.ts';
import { opStack } from './op-stack/chain.ts';
import { system } from './system/chain.ts';
import { theBlock } from './the-block/chain.ts';

export const chains: readonly Chain[] = [aztec, eqService, genlayer, opStack, system, theBlock];
