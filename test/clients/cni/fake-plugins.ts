import {chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {conflistText} from '../../../source/model/cni-network.ts';
import type {NetworkList, RuntimeConf} from '../../../source/clients/cni/index.ts';
import {parseNetworkList} from '../../../source/clients/cni/network-list.ts';

export type Called = {readonly plugin: string; readonly command: string; readonly env: Readonly<Record<string, string>>; readonly config: Readonly<Record<string, unknown>>};

export type PluginBench = {
	readonly folder: string;
	readonly options: {readonly pluginPath: string; readonly cacheDir: string};
	/** A plugin that answers with a shell script; what it was given is written down before. */
	plugin(type: string, script: string): void;
	calls(): readonly Called[];
	remove(): void;
};

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

export const createPluginBench = (): PluginBench => {
	const folder = mkdtempSync(join(tmpdir(), 'gantry-cni-'));
	const bin = join(folder, 'bin');
	const log = join(folder, 'calls');
	mkdirSync(bin);
	writeFileSync(log, '');
	return {
		folder,
		options: {pluginPath: `${folder}/nowhere:${bin}`, cacheDir: join(folder, 'cache')},
		plugin(type, script) {
			const path = join(bin, type);
			writeFileSync(path, `#!/bin/sh\ninput=$(cat)\n{ echo ${quoted(type)}; env | grep ^CNI_ ; echo "=$input"; echo; } >>${quoted(log)}\n${script}\n`);
			chmodSync(path, 0o755);
		},
		calls: () =>
			readFileSync(log, 'utf8')
				.split('\n\n')
				.filter(Boolean)
				.map(block => {
					const [plugin = '', ...lines] = block.split('\n');
					const env = Object.fromEntries(lines.filter(line => line.startsWith('CNI_')).map(line => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
					const config = JSON.parse(lines.find(line => line.startsWith('='))!.slice(1)) as Called['config'];
					return {plugin, command: env['CNI_COMMAND'] ?? '', env, config};
				}),
		remove: () => rmSync(folder, {recursive: true, force: true}),
	};
};

export const listOf = (plugins: ReadonlyArray<Readonly<Record<string, unknown>>>): NetworkList => parseNetworkList(Buffer.from(conflistText('net', {}, plugins)));

export const confOf = (fields: Partial<RuntimeConf> = {}): RuntimeConf => ({
	containerId: 'ns-c1',
	netns: '/run/netns/x',
	ifName: 'eth0',
	args: [
		['IgnoreUnknown', '1'],
		['IP', '10.9.9.9'],
	],
	capabilityArgs: {},
	...fields,
});
