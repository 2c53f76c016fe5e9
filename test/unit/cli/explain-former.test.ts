/** Who asks for an alert by the name that it had in an older set-up is told what it is now. */
import { expect, test } from 'vitest';
import { CliError } from '../../../cli/errors.ts';
import { explainLabels } from '../../../cli/explain/explain.ts';
import { known, planNamed } from '../../fixtures/real.ts';

function refusal(alertname: string): CliError {
  try {
    explainLabels(planNamed('testnet'), { alertname }, { at: undefined, known, timeScale: 1 });
  } catch (error) {
    if (error instanceof CliError) return error;
    throw error;
  }
  throw new Error(`${alertname} is explained`);
}

test('an alert with another name now, and what to ask for', () => {
  const { message, remedy } = refusal('BatcherLowBalance');
  expect(message).toMatch(
    /^stack testnet has no alert "BatcherLowBalance": it is BatcherVeryLowETH and BatcherRunwayVeryLow now: /,
  );
  expect(remedy).toMatch(/ explain --stack testnet alertname=BatcherVeryLowETH$/);
});

test('one that was dropped, and why', () => {
  const { message, remedy } = refusal('GethLowPeerCount');
  expect(message).toMatch(/: it was dropped, and no alert takes its place: peers of an L1 node are its own business/);
  expect(remedy).toBeUndefined();
});

test('an heir that the stack does not have is no remedy', () => {
  const without = { ...planNamed('testnet'), ruleGroups: [] };
  const asked = () => explainLabels(without, { alertname: 'GethNodeDown' }, { at: undefined, known, timeScale: 1 });
  expect(asked).toThrow('it is RpcEndpointDown now: ');
  expect(asked).toThrow(expect.objectContaining({ remedy: undefined }));
});

test('any other name is told as before', () => {
  expect(refusal('BatcherDwn').message).toContain('did you mean "BatcherDown"?');
});

test('an alert of a component that no network here has is no unknown name', () => {
  expect(refusal('GasOracleStale').message).toBe(
    'stack testnet has no alert "GasOracleStale": it is about gas-oracle of op-stack, and no network here has one, or has it switched off',
  );
});
