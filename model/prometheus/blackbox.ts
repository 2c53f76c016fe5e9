/** The modules of the blackbox exporter: every kind of probe that a stack file may name. */

/** Its configuration as an object, to be written as YAML. */
export function blackboxConfig(): Record<string, unknown> {
  const http = { follow_redirects: true, preferred_ip_protocol: 'ip4' };
  return {
    modules: {
      http_2xx: { prober: 'http', timeout: '10s', http },
      // A node that answers, but with an error, is no node that works.
      json_rpc: {
        prober: 'http',
        timeout: '10s',
        http: {
          ...http,
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_blockNumber', params: [] }),
          fail_if_body_not_matches_regexp: ['"result"\\s*:\\s*"0x[0-9a-fA-F]+"'],
        },
      },
      tcp_connect: { prober: 'tcp', timeout: '5s', tcp: { preferred_ip_protocol: 'ip4' } },
      icmp: { prober: 'icmp', timeout: '5s', icmp: { preferred_ip_protocol: 'ip4' } },
    },
  };
}
