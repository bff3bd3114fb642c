import type {Container} from '../../model/container.ts';
import {labels} from '../../model/labels.ts';

/** What to call a container in a sentence: its nerdctl name, else the start of its id. */
export const nameOf = (container: Pick<Container, 'id' | 'labels'>): string =>
	container.labels[labels.name] || (/^[0-9a-f]{64}$/.test(container.id) ? container.id.slice(0, 12) : container.id);
