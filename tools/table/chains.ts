/** What is watched: nodes of chains. */
import type { FamilySpec, ProgramSpec } from '../spec.ts';

export const families = {
  geth: {
    // No release: its archives lie outside GitHub and come with PGP signatures only, no sums file.
    version: '1.16.7',
    go: { module: 'github.com/ethereum/go-ethereum', moduleVersion: 'v1.16.7', coldSeconds: 90 },
  },
  anvil: { version: '1.7.1' },
} as const satisfies Record<string, FamilySpec>;

export const programs = {
  geth: {
    family: 'geth',
    probe: { args: ['--version'], pattern: /geth version (\S+)/ },
    accepts: { from: '1.14.0', below: '2.0.0' },
    goPackage: 'github.com/ethereum/go-ethereum/cmd/geth',
  },
  anvil: {
    family: 'anvil',
    probe: { args: ['--version'], pattern: /anvil (?:Version: )?(\d\S*)/ },
    accepts: { from: '1.0.0', below: '2.0.0' },
    npmFile: { package: '@foundry-rs/anvil-{os}-{arch}', file: 'bin/anvil' },
  },
} as const satisfies Record<string, ProgramSpec>;
