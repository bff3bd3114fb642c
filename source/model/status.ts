import type {Container} from './container.ts';
import {labels} from './labels.ts';

/** A container's state as a person reads it. The word carries the meaning; glyph and tone only repeat it. */
export type Status = {
	readonly word: string;
	readonly glyph: '●' | '○' | '◐' | '‖' | '·' | '↻';
	readonly tone: 'good' | 'bad' | 'warning' | 'muted';
	readonly isUp: boolean;
};

/** nerdctl keeps health as JSON in a label, since 2.1.3; absent when the container declares no check. */
const healthOf = (container: Container): string | undefined => {
	const text = container.labels[labels.healthState];
	if (text === undefined) return undefined;
	try {
		const {Status: health} = JSON.parse(text) as {Status?: unknown};
		return typeof health === 'string' ? health : undefined;
	} catch {
		// A label anybody may write: one that is not JSON says nothing about health.
		return undefined;
	}
};

export const statusOf = (container: Container): Status => {
	const {task} = container;
	if (task === undefined) return {word: 'created', glyph: '·', tone: 'muted', isUp: false};
	switch (task.status) {
		case 'running': {
			const health = healthOf(container);
			if (health === 'unhealthy') return {word: 'unhealthy', glyph: '◐', tone: 'bad', isUp: true};
			if (health === 'starting') return {word: 'starting', glyph: '◐', tone: 'warning', isUp: true};
			return {word: health === 'healthy' ? 'healthy' : 'running', glyph: '●', tone: 'good', isUp: true};
		}
		case 'paused':
			return {word: 'paused', glyph: '‖', tone: 'warning', isUp: true};
		case 'pausing':
			return {word: 'pausing', glyph: '‖', tone: 'warning', isUp: true};
		case 'created':
			return {word: 'created', glyph: '·', tone: 'muted', isUp: false};
		case 'stopped': {
			// The restart monitor will start it again: nerdctl says the same of this pair of facts.
			if (container.labels[labels.restartStatus] === 'running' && container.labels[labels.explicitlyStopped] !== 'true')
				return {word: `restarting (${task.exitStatus})`, glyph: '↻', tone: 'warning', isUp: false};
			return {word: `exited (${task.exitStatus})`, glyph: '○', tone: task.exitStatus === 0 ? 'muted' : 'bad', isUp: false};
		}
		case 'unknown':
			return {word: 'unknown', glyph: '·', tone: 'warning', isUp: false};
	}
};

/** A task that has a process: running or paused. */
export const isUp = (container: Container): boolean => statusOf(container).isUp;
