import {spawnSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';

type Plugin = Readonly<Record<string, unknown>> & {readonly type: string};
type List = {readonly cniVersion: string; readonly name: string; readonly plugins: readonly Plugin[]};

const pluginsPath = '/usr/lib/cni';

const call = (command: 'ADD' | 'DEL', id: string, netns: string, list: List, plugin: Plugin, prevResult: unknown): unknown => {
	const {status, stdout} = spawnSync(join(pluginsPath, plugin.type), {
		input: JSON.stringify({...plugin, cniVersion: list.cniVersion, name: list.name, ...(prevResult === undefined ? {} : {prevResult})}),
		encoding: 'utf8',
		env: {PATH: '/usr/sbin:/usr/bin:/sbin:/bin', CNI_COMMAND: command, CNI_CONTAINERID: id, CNI_NETNS: netns, CNI_IFNAME: 'eth0', CNI_PATH: pluginsPath},
	});
	if (status !== 0) throw new Error(`${plugin.type} ${command}: ${stdout}`);
	return stdout === '' ? prevResult : JSON.parse(stdout);
};

/** The plugins of a network called one after the other by nobody's runtime, for ADD and for DEL: milliseconds, without the namespace's. */
export const cniByHand = (conflist: string, id: string): number => {
	const list = JSON.parse(readFileSync(conflist, 'utf8')) as List;
	spawnSync('ip', ['netns', 'add', id]);
	try {
		const netns = `/run/netns/${id}`;
		const startedAt = performance.now();
		let result: unknown;
		for (const plugin of list.plugins) result = call('ADD', id, netns, list, plugin, result);
		for (const plugin of list.plugins.toReversed()) call('DEL', id, netns, list, plugin, result);
		return performance.now() - startedAt;
	} finally {
		spawnSync('ip', ['netns', 'del', id]);
	}
};
