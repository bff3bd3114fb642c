import {describe, expect, test} from 'vitest';
import {isFailure} from '../../../source/errors.ts';
import type {Task} from '../../../source/model/container.ts';
import {findShell, type ShellCache} from '../../../source/services/containers/find-shell.ts';
import {failureOf, recordWith, ref, taskWith} from './record.ts';

const scene = (files: readonly string[]) => {
	const looked: string[] = [];
	let task: Task | undefined = taskWith();
	const dependencies = {
		containerd: {containers: {get: async () => recordWith()}, tasks: {find: async () => task}},
		host: {
			withContainerRoot: async <T>(
				pid: number,
				use: (root: {readText(): Promise<undefined>; isExecutable(path: string): Promise<boolean>}) => Promise<T>,
			) => {
				looked.push(`open ${pid}`);
				return use({
					readText: async () => undefined,
					isExecutable: async path => {
						looked.push(path);
						return files.includes(path);
					},
				});
			},
		},
	};
	const change = (next: Task | undefined): void => {
		task = next;
	};
	return {dependencies, looked, change};
};

describe('find a shell', () => {
	test.each([
		[['/bin/sh', '/bin/bash', '/bin/zsh'], '/bin/bash'],
		[['/bin/sh', '/usr/bin/zsh'], '/usr/bin/zsh'],
		[['/bin/sh', '/bin/ash'], '/bin/ash'],
		[['/opt/bin/sh', '/bin/sh'], '/opt/bin/sh'],
		[['/bin/busybox'], undefined],
		[[], undefined],
	])('among %j it is %s', async (files, expected) => {
		const {dependencies, looked} = scene(files);
		expect(await findShell(dependencies, new Map(), ref)).toBe(expected);
		expect(looked.every(path => path.startsWith('open') || path.startsWith('/'))).toBe(true);
	});

	test('looks once per start', async () => {
		const {change, dependencies, looked} = scene(['/bin/sh']);
		const cache: ShellCache = new Map();
		for (let time = 0; time < 3; time++) await findShell(dependencies, cache, ref);
		change(taskWith({pid: 101}));
		await findShell(dependencies, cache, ref);
		expect(looked.filter(line => line.startsWith('open'))).toEqual(['open 100', 'open 101']);
	});

	test('only a running container can be entered, and a failure is not remembered', async () => {
		const {change, dependencies} = scene(['/bin/sh']);
		const cache: ShellCache = new Map();
		for (const task of [undefined, taskWith({status: 'paused'})]) {
			change(task);
			expect(isFailure(await failureOf(findShell(dependencies, cache, ref)), 'conflict')).toBe(true);
		}
		change(taskWith());
		expect(await findShell(dependencies, cache, ref)).toBe('/bin/sh');
	});
});
