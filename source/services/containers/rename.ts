import type {Host} from '../../clients/host/types.ts';
import {Failure, failing} from '../../errors.ts';
import type {ContainerRecord, ContainerRef} from '../../model/container.ts';
import {recordOf} from '../../model/docker-spec.ts';
import {labels} from '../../model/labels.ts';
import {checkName, refuseTaken} from './create/names.ts';
import type {Uses} from './dependencies.ts';
import {nameOf} from './name.ts';
import {readSpec} from './spec.ts';
import type {Progress} from './types.ts';

export type RenameDependencies = Uses<{containers: 'get' | 'list' | 'update'}> & {readonly host: Pick<Host, 'acquireName' | 'releaseName' | 'renameHosts' | 'withOperationLock'>};

/**
The name store, the label, the annotation of the spec and the hosts files of those who share a network. The annotation too, which nerdctl forgets: its hook
takes the name from there at the next start. The new name is ours before the old one is let go; a failure takes everything back.
*/
export const rename = async (dependencies: RenameDependencies, ref: ContainerRef, name: string, options: Progress = {}): Promise<void> => {
	const {containerd, host} = dependencies;
	let old = ref.id;
	try {
		checkName(name);
		await host.withOperationLock(
			ref,
			async () => {
				const record = await containerd.containers.get(ref, options);
				old = nameOf(record);
				if (record.labels[labels.name] === name) throw new Failure('invalid', 'this is its name already');
				await refuseTaken(dependencies, ref.namespace, name, options);
				await host.acquireName(ref, name, options);
				try {
					await containerd.containers.update(renamed(record, name), [`labels.${labels.name}`, 'spec'], options);
				} catch (error) {
					await host.releaseName(ref, name);
					throw error;
				}
				// From here on the container has its new name: what is left is tidying, which no abort may stop half-way.
				await host.renameHosts(ref, name);
				const before = record.labels[labels.name];
				if (before !== undefined && before !== '') await host.releaseName(ref, before);
			},
			options,
		);
	} catch (error) {
		throw failing(`rename ${old} to ${name}`, error);
	}
};

const renamed = (record: ContainerRecord, name: string): ContainerRecord => {
	const spec = readSpec(record);
	const annotations = recordOf(spec?.['annotations']);
	return {
		...record,
		labels: {...record.labels, [labels.name]: name},
		...(record.spec === undefined || spec === undefined
			? {}
			: {spec: {...record.spec, value: new TextEncoder().encode(JSON.stringify({...spec, annotations: {...annotations, [labels.name]: name}}))}}),
	};
};
