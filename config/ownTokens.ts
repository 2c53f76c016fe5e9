/** Names under `chainwatch:secrets` that nobody has to choose: between programs of ours, and made at random where nobody sets them. */

/** What Alertmanager shows to our receiver. */
export const RECEIVER_TOKEN = 'receiverToken';
/** What nodes show to our aggregator, and its replicas to each other. */
export const AGGREGATOR_TOKEN = 'aggregatorToken';
/** What nodes show that push to Prometheus. */
export const INGESTION_TOKEN = 'ingestionToken';
/** What replicas of the aggregator show to the NATS that comes with them. */
export const NATS_TOKEN = 'natsToken';

/** Sorted. */
export const OWN_TOKENS: readonly string[] = [AGGREGATOR_TOKEN, INGESTION_TOKEN, NATS_TOKEN, RECEIVER_TOKEN];
