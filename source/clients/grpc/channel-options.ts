/** What all channels of grpc-js have in common: a daemon that comes back is found soon, and a call fails once, for whoever made it to try again. */
export const commonChannelOptions = {
	'grpc.max_send_message_length': -1,
	'grpc.initial_reconnect_backoff_ms': 100,
	'grpc.max_reconnect_backoff_ms': 2000,
	'grpc.use_local_subchannel_pool': 1,
	'grpc.enable_retries': 0,
	'grpc.service_config_disable_resolution': 1,
} as const;
