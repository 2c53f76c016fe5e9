/**
 * The gate: nginx before what has no authentication of its own. It asks who comes, refuses what nobody outside has business with, and
 * passes on the rest. The same for every ingress controller, each of which would spell it differently, and Gateway API not at all.
 */
import { SECRETS_PATH } from './names.ts';

/** Where it listens. */
export const GATE_PORT = 8080;
export const HEALTH_PATH = '/-/gate';
export const GATE_FOLDER = '/etc/gate';
/** In the Secret of what takes pushed metrics. */
export const TOKENS_FILE = 'tokens.map';

export interface GateAuthentication {
  /** File of the Secret with lines `name:hash`. */
  readonly users?: string;
  readonly forward?: { readonly url: string; readonly signIn?: string | undefined };
  /** Ranges of addresses; none: from anywhere. */
  readonly addresses: readonly string[];
}

/** One exposed service. */
export interface GateRoute {
  readonly host: string;
  /** `name.namespace.svc:port` */
  readonly upstream: string;
  /** Absent: nobody is asked here. */
  readonly authentication?: GateAuthentication;
  /** Paths below which the service itself asks who comes: `/webhook`. */
  readonly own: readonly string[];
  /** Paths that are not for outside; those that end with a slash with all below. */
  readonly closed: readonly string[];
  /** Paths at which something is pushed; where there are any, nothing else is let through. */
  readonly pushes?: readonly string[];
  /** The service speaks TLS. */
  readonly secure?: SecureUpstream;
}

export interface SecureUpstream {
  /** That its certificate is good for. */
  readonly name: string;
  /** Path of the certificates to trust. */
  readonly authority: string;
}

/** nginx.conf of the gate before exposed services. */
export function exposureConfig(routes: readonly GateRoute[]): string {
  const ranges = routes.some(({ authentication }) => (authentication?.addresses.length ?? 0) > 0);
  return nginx([
    // Requests of a page and deliveries of alerts; the services have limits of their own.
    'client_max_body_size 10m;',
    ...(ranges ? REAL_ADDRESS : []),
    ...UPGRADE,
    ...block('server', [`listen ${GATE_PORT} default_server;`, ...health(), ...block('location /', ['return 404;'])]),
    ...routes.flatMap((route) => block('server', server(route))),
  ]);
}

export interface IngestionRoute {
  /** Each replica of Prometheus, `name.namespace.svc:9090`: all get everything. */
  readonly upstreams: readonly string[];
  /** Paths of Prometheus' receivers. */
  readonly paths: readonly string[];
  /** Bytes of one request. */
  readonly maxBody: number;
}

/** nginx.conf of the gate before Prometheus' receivers: a token, two paths, nothing else. */
export function ingestionConfig({ upstreams, paths, maxBody }: IngestionRoute): string {
  const [first = '', ...others] = upstreams;
  const mirrors = others.flatMap((upstream, index) =>
    block(`location = /-/replica/${index + 1}`, [
      'internal;',
      `proxy_pass http://${upstream}$request_uri;`,
      'proxy_set_header Authorization "";',
    ]),
  );
  const taken = paths.flatMap((path) =>
    block(`location = ${path}`, [
      'if ($known = 0) { return 401; }',
      'limit_except POST { deny all; }',
      ...others.map((_, index) => `mirror /-/replica/${index + 1};`),
      `proxy_pass http://${first};`,
      'proxy_set_header Authorization "";',
    ]),
  );
  return nginx([
    `client_max_body_size ${maxBody};`,
    // What is larger than this passes by the disk.
    'client_body_buffer_size 1m;',
    ...block('map $http_authorization $known', ['default 0;', `include ${SECRETS_PATH}/${TOKENS_FILE};`]),
    ...block('server', [
      `listen ${GATE_PORT} default_server;`,
      'add_header WWW-Authenticate Bearer always;',
      ...health(),
      ...taken,
      ...mirrors,
      ...block('location /', ['return 404;']),
    ]),
  ]);
}

const TOKEN = /^[A-Za-z0-9._~+/=-]{1,200}$/;

/**
 * The file that says which tokens are known.
 * @param text a token in each line: a new one is added before the old one is taken away
 * @throws where a line is no bearer token, without repeating it
 */
export function tokensFile(text: string): string {
  const tokens = text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()]));
  if (tokens.length === 0) throw new Error('the token of ingestion is empty');
  tokens.forEach((token, index) => {
    if (!TOKEN.test(token))
      throw new Error(
        `line ${index + 1} of the token of ingestion is no bearer token: at most 200 letters, digits and ._~+/=-`,
      );
  });
  // Patterns, since nginx compares plain values without regard to case.
  return tokens.map((token) => `"~^Bearer ${token.replaceAll(/[.+/]/g, '\\$&')}$" 1;\n`).join('');
}

function server(route: GateRoute): string[] {
  const { host, upstream, authentication, own, closed, pushes = [], secure } = route;
  const { forward } = authentication ?? {};
  const head = [`listen ${GATE_PORT};`, `server_name ${host};`, ...(secure ? verifying(secure) : [])];
  if (pushes.length > 0) {
    const taken = pushes.flatMap((path) =>
      block(`location = ${path}`, ['limit_except POST { deny all; }', ...pass(upstream, secure)]),
    );
    return [...head, ...taken, ...block('location /', ['return 404;'])];
  }
  const refused = closed.flatMap((path) =>
    block(`location ${path.endsWith('/') ? '^~' : '='} ${path}`, ['return 404;']),
  );
  const passed = own.flatMap((path) => [
    ...block(`location = ${path}`, pass(upstream, secure)),
    ...block(`location ^~ ${path}/`, pass(upstream, secure)),
  ]);
  return [
    ...head,
    ...refused,
    ...passed,
    ...(forward ? asking(forward) : []),
    ...block('location /', [...(authentication ? asks(authentication) : []), ...pass(upstream, secure)]),
  ];
}

function asks({ users, forward, addresses }: GateAuthentication): string[] {
  return [
    ...(addresses.length > 0 ? [...addresses.map((range) => `allow ${range};`), 'deny all;'] : []),
    ...(users === undefined
      ? []
      : [
          'auth_basic "Chainwatch";',
          `auth_basic_user_file ${SECRETS_PATH}/${users};`,
          // What was for us is not for the service, which might take it for a login of its own.
          'proxy_set_header Authorization "";',
        ]),
    ...(forward ? ['auth_request /-/auth;'] : []),
    ...(forward?.signIn === undefined ? [] : ['error_page 401 = @sign_in;']),
    // A header said here makes nginx forget all that are said above.
    ...(users === undefined ? [] : FORWARDED),
  ];
}

function asking({ url, signIn }: NonNullable<GateAuthentication['forward']>): string[] {
  return [
    ...block('location = /-/auth', [
      'internal;',
      `proxy_pass ${url};`,
      'proxy_pass_request_body off;',
      'proxy_set_header Content-Length "";',
      'proxy_set_header X-Original-URL https://$host$request_uri;',
      'proxy_set_header X-Auth-Request-Redirect https://$host$request_uri;',
      ...FORWARDED,
    ]),
    ...(signIn === undefined
      ? []
      : block('location @sign_in', [
          `return 302 ${signIn}${signIn.includes('?') ? '&' : '?'}rd=https://$host$request_uri;`,
        ])),
  ];
}

function pass(upstream: string, secure?: SecureUpstream): string[] {
  return [`proxy_pass ${secure ? 'https' : 'http'}://${upstream};`];
}

function verifying({ name, authority }: SecureUpstream): string[] {
  return [
    `proxy_ssl_trusted_certificate ${authority};`,
    'proxy_ssl_verify on;',
    // An authority of an authority.
    'proxy_ssl_verify_depth 3;',
    'proxy_ssl_server_name on;',
    `proxy_ssl_name ${name};`,
  ];
}

function health(): string[] {
  return block(`location = ${HEALTH_PATH}`, ['return 200;']);
}

/** As the controller saw them: NetworkPolicies let nobody else come to the gate. */
const FORWARDED = [
  'proxy_set_header Host $host;',
  'proxy_set_header X-Forwarded-Host $host;',
  'proxy_set_header X-Forwarded-Proto https;',
  'proxy_set_header X-Forwarded-For $http_x_forwarded_for;',
  'proxy_set_header Upgrade $http_upgrade;',
  'proxy_set_header Connection $connection_header;',
];
const UPGRADE = [
  ...block('map $http_upgrade $connection_header', ["'' '';", 'default upgrade;']),
  'proxy_http_version 1.1;',
  ...FORWARDED,
  // Pages that stay open are told news for hours, and at once.
  'proxy_buffering off;',
  'proxy_read_timeout 1h;',
];
/** The last address in the header is the one that the controller itself has seen. */
const REAL_ADDRESS = ['set_real_ip_from 0.0.0.0/0;', 'set_real_ip_from ::/0;', 'real_ip_header X-Forwarded-For;'];

function nginx(http: readonly string[]): string {
  const lines = [
    '# Made by Chainwatch.',
    'worker_processes 2;',
    'pid /tmp/nginx.pid;',
    'error_log stderr warn;',
    ...block('events', ['worker_connections 1024;']),
    ...block('http', [
      ...['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path /tmp/${kind};`),
      'server_tokens off;',
      // Who is refused, and what fails; tokens and passwords are in no field.
      ...block('map $status $told', ['~^[123] 0;', 'default 1;']),
      `log_format told escape=json '{"time":"$time_iso8601","status":$status,"host":"$host","method":"$request_method","path":"$uri","from":"$remote_addr"}';`,
      'access_log /dev/stdout told if=$told;',
      'large_client_header_buffers 4 16k;',
      ...http,
    ]),
  ];
  return `${lines.join('\n')}\n`;
}

function block(head: string, lines: readonly string[]): string[] {
  return [`${head} {`, ...lines.map((line) => `  ${line}`), '}'];
}
