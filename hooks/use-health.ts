import {useEffect, useReducer} from 'react';
import {type Container, containerKey} from '../source/model/container.ts';
import {healthCheckOf} from '../source/model/health.ts';
import {labels} from '../source/model/labels.ts';
import type {HealthResult} from '../source/services/containers/types.ts';
import {useApp} from './app-context.ts';
import {type Resource, useResource} from './use-resource.ts';

/** The last results of a container's health check: read again when its state changes, and as often as it is checked while they are looked at. */
export const useHealth = (container: Container): Resource<readonly HealthResult[]> => {
	const {commands} = useApp();
	const [turn, next] = useReducer((count: number) => count + 1, 0);
	const intervalMs = healthCheckOf(container.labels)?.intervalMs;
	useEffect(() => {
		if (intervalMs === undefined) return undefined;
		const timer = setInterval(next, Math.max(1000, intervalMs));
		return () => clearInterval(timer);
	}, [intervalMs]);
	return useResource(containerKey(container), `${turn} ${container.labels[labels.healthState] ?? ''}`, async () => commands.services.containers.healthResults(container));
};
