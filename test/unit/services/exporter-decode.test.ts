import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  fromWei,
  readBlock,
  readNumber,
  readQuantity,
  readSyncing,
  toQuantity,
} from '../../../services/exporter/evm/decode.ts';
import { readAnswer } from '../../../services/exporter/rpc/answer.ts';
import { RpcFault } from '../../../services/exporter/rpc/fault.ts';

const hash = (digit: string) => `0x${digit.repeat(64)}`;
const block = {
  number: '0x1b4',
  hash: hash('A'),
  parentHash: hash('b'),
  timestamp: '0x6553f10c',
  baseFeePerGas: '0x7',
};

describe('quantities', () => {
  it('are read as they are written', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }), (value) => {
        expect(readQuantity(`0x${value.toString(16)}`, 'it')).toBe(value);
      }),
    );
    fc.assert(
      fc.property(fc.maxSafeNat(), (value) => {
        expect(readNumber(toQuantity(value), 'it')).toBe(value);
      }),
    );
  });

  it.each(['', '0x', '12', '0xg', ' 0x1', `0x${'1'.repeat(65)}`, 12, null, undefined, {}])('%j is none', (value) => {
    expect(() => readQuantity(value, 'the balance')).toThrow(/the balance is not a hexadecimal number/);
  });

  it('that cannot be counted with are refused', () => {
    expect(() => readNumber('0x20000000000000', 'the height')).toThrow(/the height is too large/);
  });
});

describe('readBlock', () => {
  it('takes what the quorum needs', () => {
    expect(readBlock({ ...block, transactions: [] })).toEqual({
      height: 436,
      hash: hash('a'),
      parentHash: hash('b'),
      timestamp: 1_700_000_012,
      baseFee: 7n,
    });
    expect(readBlock({ ...block, baseFeePerGas: undefined })?.baseFee).toBeUndefined();
    expect(readBlock(null)).toBeUndefined();
  });

  it.each(['number', 'hash', 'parentHash', 'timestamp'])('needs %s', (member) => {
    expect(() => readBlock({ ...block, [member]: 'x' })).toThrow(RpcFault);
    expect(() => readBlock({ ...block, [member]: undefined })).toThrow(RpcFault);
  });

  it('never throws anything but a fault', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        try {
          readBlock(value);
          readSyncing(value);
        } catch (error) {
          expect(error).toBeInstanceOf(RpcFault);
        }
      }),
    );
  });
});

describe('fromWei', () => {
  it('is exact to the last place that a number has', () => {
    expect(fromWei(10n ** 22n, 18)).toBe(10_000);
    expect(fromWei(1n, 18)).toBe(1e-18);
    expect(fromWei(123_456_789_012_345_678n, 18)).toBe(Number('0.123456789012345678'));
    expect(fromWei(0n, 9)).toBe(0);
    expect(fromWei(1_500_000_000n, 9)).toBe(1.5);
  });
});

describe('readAnswer', () => {
  it('gives the result', () => {
    expect(readAnswer('{"jsonrpc":"2.0","id":4,"result":"0x1"}')).toMatchObject({ id: 4 });
    expect(readAnswer('{"id":4,"result":"0x1","error":null}').result()).toBe('0x1');
    expect(readAnswer('{"id":4,"result":null}').result()).toBeNull();
  });

  it('tells an error of the endpoint from an answer that is none', () => {
    const kindOf = (text: string) => {
      try {
        readAnswer(text).result();
        return undefined;
      } catch (error) {
        return error instanceof RpcFault ? `${error.kind} ${error.code ?? ''}`.trim() : 'other';
      }
    };
    expect(kindOf('{"id":1,"error":{"code":-32601,"message":"no such method"}}')).toBe('rpc -32601');
    expect(kindOf('{"id":1,"error":{}}')).toBe('rpc');
    expect(kindOf('<html>')).toBe('payload');
    expect(kindOf('[]')).toBe('payload');
    expect(kindOf('{"id":1}')).toBe('payload');
    expect(kindOf('{"id":1,"error":"busy"}')).toBe('payload');
  });
});
