import {Failure} from '../../errors.ts';
import {defineLine} from './types.ts';

type Side = {readonly container: string | undefined; readonly path: string};

/** `name:path`; a path that is absolute or begins with a dot is one of this machine, colon or not. */
export const copySide = (text: string): Side => {
	if (text === '') return {container: undefined, path: '-'};
	if (text.startsWith(':')) throw new Failure('invalid', 'filespec must match the canonical format: [container:]file/path');
	const at = text.indexOf(':');
	if (at < 0 || text.startsWith('/') || text.startsWith('.')) return {container: undefined, path: text};
	return {container: text.slice(0, at), path: text.slice(at + 1)};
};

export const cp = defineLine({
	verbs: ['cp', 'container cp'],
	summary: 'Copy files between a container and this machine; - is a tar archive',
	usage: '[flags] CONTAINER:SRC_PATH DEST_PATH|-\n  gantry cp [flags] SRC_PATH|- CONTAINER:DEST_PATH',
	arity: {least: 2, most: 2},
	flags: {followLink: {type: 'boolean', shortFlag: 'L', help: 'Follow a symbolic link in SRC_PATH, which is done anyway'}},
	refused: {archive: 'owners are kept on the way into a container, and are yours on the way out', a: 'owners are kept on the way into a container, and are yours on the way out'},
	async run(context) {
		const {services, global, signal, args, stdin, stdout, terminal} = context;
		const [from, to] = [copySide(args[0] ?? ''), copySide(args[1] ?? '')];
		if (from.container !== undefined && to.container !== undefined) throw new Failure('invalid', 'one of src or dest must be a local file specification');
		if (from.container !== undefined) {
			const container = await services.containers.find(global.namespace, from.container, {signal});
			if (to.path === '-' && terminal.isTTY) throw new Failure('invalid', 'cowardly refusing to write an archive to a terminal', {hint: 'redirect it'});
			await services.files.copyOut(container, {path: from.path, to: to.path === '-' ? stdout : to.path}, {signal});
			return 0;
		}
		if (to.container === undefined) throw new Failure('invalid', 'one of src or dest must be a container file specification');
		const container = await services.containers.find(global.namespace, to.container, {signal});
		await services.files.copyIn(container, {from: from.path === '-' ? stdin : from.path, path: to.path}, {signal});
		return 0;
	},
});
