import {bytes, count, duration, integer, list, nullable, number, object, oneOf, string} from './shape.ts';
import {labels, strings} from './shared-shapes.ts';

export const deviceRequests = list(object({capabilities: strings, count, device_ids: strings, driver: string, options: labels}));

const rollout = object({
	parallelism: integer,
	delay: duration,
	failure_action: string,
	monitor: duration,
	max_failure_ratio: number,
	order: oneOf('start-first', 'stop-first'),
});

export const deployShape = nullable(
	object({
		mode: string,
		endpoint_mode: string,
		replicas: integer,
		labels,
		rollback_config: rollout,
		update_config: rollout,
		resources: object({
			limits: object({cpus: number, memory: bytes, pids: integer}),
			reservations: object({
				cpus: number,
				memory: bytes,
				generic_resources: list(object({discrete_resource_spec: object({kind: string, value: number})})),
				devices: deviceRequests,
			}),
		}),
		restart_policy: object({condition: string, delay: duration, max_attempts: integer, window: duration}),
		placement: object({constraints: strings, preferences: list(object({spread: string})), max_replicas_per_node: integer}),
	}),
);
