import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { crdSchemas, kubernetesSchemas } from '../../../tools/schemas.ts';

const QUANTITY = 'io.k8s.apimachinery.pkg.api.resource.Quantity';
const ref = (name: string) => ({ description: 'words', $ref: `#/definitions/${name}` });

const swagger = {
  definitions: {
    'v1.Pod': {
      description: 'words',
      type: 'object',
      properties: {
        apiVersion: { type: 'string' },
        kind: { type: 'string' },
        metadata: ref('v1.Meta'),
        spec: ref('v1.Spec'),
      },
      'x-kubernetes-group-version-kind': [{ group: '', version: 'v1', kind: 'Pod' }],
    },
    'v1.Meta': { type: 'object', properties: { name: { type: 'string' } } },
    'v1.Spec': {
      type: 'object',
      required: ['port'],
      properties: {
        // A field may have the name of a keyword.
        description: { type: 'string', description: 'words' },
        port: ref('v1.Port'),
        memory: ref(QUANTITY),
        labels: { type: 'object', additionalProperties: { type: 'string', description: 'words' } },
        inner: ref('v1.Spec'),
        raw: ref('v1.Raw'),
      },
    },
    'v1.Port': { type: 'string', format: 'int-or-string' },
    'v1.Raw': { type: 'object' },
    'v1.Unreached': { type: 'object' },
    [QUANTITY]: { type: 'string' },
    'v1.DeleteOptions': {
      type: 'object',
      properties: { apiVersion: { type: 'string' }, kind: { type: 'string' } },
      'x-kubernetes-group-version-kind': [{ group: 'apps', version: 'v1', kind: 'DeleteOptions' }],
    },
    'v1.Role': {
      type: 'object',
      properties: { apiVersion: { type: 'string' }, kind: { type: 'string' }, metadata: ref('v1.Meta') },
      'x-kubernetes-group-version-kind': [{ group: 'rbac.authorization.k8s.io', version: 'v1', kind: 'Role' }],
    },
  },
};

const crd = {
  spec: {
    group: 'monitoring.coreos.com',
    names: { kind: 'Probe' },
    versions: [
      {
        name: 'v1',
        schema: {
          openAPIV3Schema: {
            type: 'object',
            required: ['spec'],
            properties: {
              apiVersion: { type: 'string' },
              kind: { type: 'string' },
              metadata: { type: 'object' },
              spec: {
                type: 'object',
                properties: {
                  port: { anyOf: [{ type: 'integer' }, { type: 'string' }], 'x-kubernetes-int-or-string': true },
                  free: {
                    type: 'object',
                    'x-kubernetes-preserve-unknown-fields': true,
                    properties: { a: { type: 'string' } },
                  },
                  maybe: { type: 'string', nullable: true },
                },
              },
            },
          },
        },
      },
    ],
  },
};

const accepts = (schema: object, object: unknown): boolean => new Ajv().compile(schema)(object) === true;

describe('kubernetesSchemas', () => {
  const schemas = new Map(kubernetesSchemas(swagger).map(({ file, schema }) => [file, schema]));
  const pod = (spec: object, more: object = {}) =>
    accepts(schemas.get('pod-v1.json') ?? {}, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'a' },
      spec,
      ...more,
    });

  it('are named as kubeconform asks for them, and only for what a manifest can hold', () => {
    expect([...schemas.keys()]).toEqual(['pod-v1.json', 'role-rbac-v1.json']);
  });

  it('know the words that belong to them and no others', () => {
    expect(pod({ port: 80 })).toBe(true);
    expect(pod({ port: 'http', memory: '1Gi', description: 'mine', labels: { any: 'thing' } })).toBe(true);
    expect(pod({ port: 80, memory: 2 })).toBe(true);
    expect(pod({ port: 80, raw: { any: ['thing'] } })).toBe(true);
    expect(pod({})).toBe(false);
    expect(pod({ port: 80, prot: 80 })).toBe(false);
    expect(pod({ port: 80, labels: { any: 1 } })).toBe(false);
    expect(pod({ port: true })).toBe(false);
    expect(pod({ port: 80, inner: { port: 80, inner: { prot: 1 } } })).toBe(false);
  });

  it('are for their own kind and group', () => {
    expect(pod({ port: 80 }, { kind: 'Role' })).toBe(false);
    const role = schemas.get('role-rbac-v1.json') ?? {};
    expect(accepts(role, { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role' })).toBe(true);
    expect(accepts(role, { apiVersion: 'v1', kind: 'Role' })).toBe(false);
    expect(accepts(role, { kind: 'Role' })).toBe(false);
  });

  it('carry what they reach, without words', () => {
    expect(JSON.stringify([...schemas])).not.toMatch(/words|Unreached/);
  });

  it('a reference to nothing is an error', () => {
    const broken = { definitions: { 'v1.Pod': { ...swagger.definitions['v1.Pod'] } } };
    expect(() => kubernetesSchemas(broken)).toThrow('refers to v1.Meta, which it does not define');
  });
});

describe('crdSchemas', () => {
  const [found] = crdSchemas(crd);
  const probe = (spec: object) =>
    accepts(found?.schema ?? {}, {
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'Probe',
      metadata: { name: 'a', labels: {} },
      spec,
    });

  it('are named by group, kind and version', () => {
    expect(found?.file).toBe('monitoring.coreos.com/probe_v1.json');
  });

  it('keep what is open open, and close the rest', () => {
    expect(probe({ port: 80, free: { any: 1 }, maybe: null })).toBe(true);
    expect(probe({ port: 'http', free: { a: 'x' } })).toBe(true);
    expect(probe({ prot: 80 })).toBe(false);
    expect(probe({ free: { a: 1 } })).toBe(false);
    expect(probe({ port: null })).toBe(false);
  });
});
