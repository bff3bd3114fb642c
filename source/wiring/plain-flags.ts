import {parseArgs} from 'node:util';
import type {DashboardFlags} from './flags.ts';

/**
The flags of an ordinary start, without meow: its parser and what it brings take longer to load than the first screen takes to paint.
Undefined for anything that is not spelled plainly, for help and for the version: meow then has the word.
*/
export const plainFlags = (argv: readonly string[]): DashboardFlags | undefined => {
	try {
		const {values} = parseArgs({
			args: [...argv],
			strict: true,
			allowPositionals: false,
			options: {
				address: {type: 'string', short: 'a'},
				host: {type: 'string', short: 'H'},
				namespace: {type: 'string', short: 'n'},
				snapshotter: {type: 'string'},
				'data-root': {type: 'string'},
				'buildkit-host': {type: 'string'},
				'all-namespaces': {type: 'boolean', short: 'A'},
				readonly: {type: 'boolean'},
				ascii: {type: 'boolean'},
			},
		});
		return {
			address: values.address ?? values.host,
			namespace: values.namespace,
			snapshotter: values.snapshotter,
			dataRoot: values['data-root'],
			buildkitHost: values['buildkit-host'],
			readonly: values.readonly === true,
			ascii: values.ascii === true,
			allNamespaces: values['all-namespaces'] === true,
			once: false,
			json: false,
			screenReader: false,
		};
	} catch {
		// Not plain: meow parses it, and says what is wrong if something is.
		return undefined;
	}
};
