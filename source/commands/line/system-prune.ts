import type {PruneSelection} from '../../services/disk/index.ts';
import {decimalBytes} from '../../model/units.ts';
import {confirm} from './confirm.ts';
import {plainSentence} from './failures.ts';
import {print} from './output.ts';
import {defineLine} from './types.ts';

export const systemPrune = defineLine({
	verbs: ['system prune'],
	summary: 'Remove unused data',
	usage: '[flags]',
	arity: {least: 0, most: 0},
	flags: {
		all: {type: 'boolean', shortFlag: 'a', help: 'Remove all unused images, not just dangling ones'},
		force: {type: 'boolean', shortFlag: 'f', help: 'Do not prompt for confirmation'},
		volumes: {type: 'boolean', help: 'Also remove anonymous volumes that no container mounts'},
	},
	refused: {filter: 'prune one kind at a time: image prune has --filter'},
	async run(context) {
		const {services, global, signal, flags, stderr} = context;
		const {namespace} = global;
		const selection: PruneSelection = {stoppedContainers: true, images: flags.all ? 'unused' : 'dangling', partialPulls: true, ...(flags.volumes ? {volumes: 'anonymous'} : {})};
		const before = await services.disk.usage({namespaces: [namespace], signal});
		if (!flags.force) {
			const warning = [
				'WARNING! This will remove:',
				'  - all stopped containers',
				...(flags.volumes ? ['  - all anonymous volumes not used by at least one container'] : []),
				flags.all ? '  - all images without at least one container associated to them' : '  - all dangling images',
				`and free ${decimalBytes(before.freed(selection))} in the namespace ${namespace}.`,
			];
			if (!(await confirm(context, warning.join('\n')))) return 0;
		}
		const failures: unknown[] = [];
		const tell = async (title: string, names: readonly string[], failed: ReadonlyArray<{readonly error: unknown}>): Promise<void> => {
			if (names.length > 0) await print(context, `${title}:\n${names.join('\n')}\n\n`);
			failures.push(...failed.map(({error}) => error));
		};
		const containers = await services.containers.prune(namespace, {signal});
		await tell(
			'Deleted Containers',
			containers.done.map(({id}) => id),
			containers.failed,
		);
		if (flags.volumes) {
			const volumes = await services.disk.pruneVolumes(namespace, {signal});
			await tell('Deleted Volumes', volumes.done, volumes.failed);
		}
		const forgotten = await services.images.forgetPartial(namespace, {signal});
		if (forgotten > 0) await print(context, `Deleted Blobs of Failed Pulls: ${forgotten}\n\n`);
		const images = await services.images.prune(namespace, {signal, all: flags.all});
		await tell(
			'Deleted Images',
			images.done.map(name => `Untagged: ${name}`),
			images.failed,
		);
		// What really went: a blob that another namespace or a lease holds stays, and a download may have come meanwhile.
		const after = await services.disk.usage({namespaces: [namespace], signal});
		await print(context, `Total reclaimed space: ${decimalBytes(Math.max(0, before.totalBytes - after.totalBytes))}\n`);
		for (const failure of failures) stderr.write(`${plainSentence(failure)}\n`);
		return failures.length > 0 ? 1 : 0;
	},
});
