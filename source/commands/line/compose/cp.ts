import {Failure} from '../../../errors.ts';
import {copySide, cp} from '../cp.ts';
import {print} from '../output.ts';
import {defineLine} from '../types.ts';
import {composeFlags} from './flags.ts';
import {replica, replicas} from './replicas.ts';

export const composeCp = defineLine({
	verbs: ['compose cp'],
	summary: 'Copy files between the containers of a service and this machine; - is a tar archive',
	usage: '[flags] SERVICE:SRC_PATH DEST_PATH|-\n  gantry compose cp [flags] SRC_PATH|- SERVICE:DEST_PATH',
	arity: {least: 2, most: 2},
	flags: {
		...composeFlags,
		dryRun: {type: 'boolean', help: 'Print what would be copied'},
		followLink: {type: 'boolean', shortFlag: 'L', help: 'Follow a symbolic link in SRC_PATH, which is done anyway'},
		index: {type: 'number', placeholder: 'NUMBER', help: 'The replica with this number (default out of the first, and into all)'},
	},
	refused: {archive: 'owners are kept on the way into a container, and are yours on the way out', a: 'owners are kept on the way into a container, and are yours on the way out', all: 'files go into all replicas anyway'},
	async run(context) {
		const {flags, args} = context;
		const {followLink} = flags;
		const [from, to] = [copySide(args[0] ?? ''), copySide(args[1] ?? '')];
		const copy = async (source: string, target: string): Promise<number> => {
			if (!flags.dryRun) return cp.run({...context, args: [source, target], flags: {followLink}});
			await print(context, `copy ${source} to ${target}\n`);
			return 0;
		};
		if (from.container !== undefined) return copy(`${(await replica(context, flags, from.container)).name}:${from.path}`, to.container === undefined ? to.path : `${to.container}:${to.path}`);
		if (to.container === undefined) throw new Failure('invalid', 'one of the two must be SERVICE:PATH');
		const into = flags.index === undefined ? (await replicas(context, flags, [to.container])).containers : [await replica(context, flags, to.container)];
		if (into.length === 0) throw new Failure('not-found', `the service ${to.container} has no container`, {hint: 'bring it up with compose up'});
		if (from.path === '-' && into.length > 1) throw new Failure('invalid', `an archive on stdin can be read once, and ${to.container} has ${into.length} containers`, {hint: 'name one with --index'});
		for (const {name} of into) {
			const code = await copy(from.path, `${name}:${to.path}`);
			if (code !== 0) return code;
		}
		return 0;
	},
});
