import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { Replicas } from './replica.ts';

/** One NATS server for all tests of a file; each has a stream and replicas of its own. @returns those of the test that runs */
export function replicasOfEach(): () => Replicas {
  let all: Replicas | undefined;
  let replicas: Replicas | undefined;
  let tests = 0;
  beforeAll(async () => {
    all = await Replicas.open(1);
  });
  beforeEach(() => {
    tests += 1;
    replicas = all?.others(`log-${tests}`);
  });
  afterEach(() => replicas?.end());
  afterAll(() => all?.clear());
  return () => {
    if (replicas === undefined) throw new Error('no test runs');
    return replicas;
  };
}
