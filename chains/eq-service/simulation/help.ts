/** One line on each metric that is simulated, for the HELP lines of its pages. */

const TEXTS: Readonly<Record<string, string>> = {
  build_info: 'build of the node',
  container_memory_working_set_bytes: 'memory that cannot be given up',
  container_spec_memory_limit_bytes: 'memory limit',
  container_start_time_seconds: 'when the container started',
  das_busy_workers_amount: 'sampling workers at work',
  das_latest_sampled_ts: 'when the newest header was sampled',
  das_network_head: 'newest height known',
  das_sampled_chain_head: 'height up to which all is sampled',
  das_total_sampled_headers: 'headers sampled',
  eqs_grpc_req_total: 'gRPC requests served',
  eqs_jobs_attempted_total: 'jobs begun',
  eqs_jobs_errors_total: 'jobs failed',
  eqs_jobs_finished_total: 'jobs finished',
  eqs_zk_proof_wait_time: 'time until a proof came',
  full_discovery_amount_of_peers: 'full nodes known',
  node_cpu_seconds_total: 'time that the cores spent in each mode',
  node_filesystem_avail_bytes: 'bytes left for ordinary users',
  node_filesystem_size_bytes: 'bytes of the file system',
  node_memory_MemAvailable_bytes: 'memory that can be had',
  node_memory_MemTotal_bytes: 'memory',
  node_start_ts: 'when the node started',
  probe_duration_seconds: 'how long the probe took',
  probe_success: 'whether the probe succeeded',
  prnr_failed_prunes_amount: 'headers that could not be pruned',
  prnr_last_pruned: 'highest height pruned',
  rpc_connections_open: 'connections to the RPC server',
  rpc_method_calls_total: 'calls of the RPC server',
};

export function helpOf(metric: string): string {
  return TEXTS[metric] ?? metric;
}
