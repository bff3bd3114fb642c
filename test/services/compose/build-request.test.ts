import {describe, expect, test} from 'vitest';
import {buildRequestOf} from '../../../source/services/compose/build-request.ts';
import {loadFiles} from './project-files.ts';

const place = {namespace: 'n', snapshotter: 'overlayfs', cgroupManager: 'cgroupfs'} as const;

const requested = async (build: string, more = '') => {
	const {project} = await loadFiles({'compose.yaml': `services:\n  web:\n    build: ${build}\n${more}\nsecrets: {file: {file: /s}, variable: {environment: V}, outside: {external: true}}\n`}, {projectName: 'p', env: {V: 'v'}});
	return buildRequestOf(project, 'web', place);
};

describe('a build of a service', () => {
	test('is named after project and service, and looks for its Dockerfile in its context', async () => {
		expect(await requested('/context')).toMatchObject({namespace: 'n', snapshotter: 'overlayfs', context: '/context', dockerfile: '/context/Dockerfile', tags: ['docker.io/library/p-web:latest'], output: undefined, env: {V: 'v'}});
		expect(await requested('https://example.test/x.git')).toMatchObject({context: 'https://example.test/x.git', dockerfile: 'Dockerfile'});
		expect(await requested('{context: /c, dockerfile: sub/File}')).toMatchObject({dockerfile: '/c/sub/File'});
		expect(Buffer.from((await requested('{context: /c, dockerfile_inline: FROM scratch}')).dockerfile as Uint8Array).toString()).toBe('FROM scratch');
	});

	test.each([
		['{context: /c, args: {A: 1}, labels: [l=m], target: t, no_cache: true, pull: true}', {flags: {buildArgs: ['A=1'], labels: ['l=m'], target: 't', noCache: true, pull: true}}],
		['{context: /c, platforms: [linux/arm64], network: host, extra_hosts: ["a:1.2.3.4"]}', {flags: {platforms: ['linux/arm64'], network: 'host', addHosts: ['a:1.2.3.4']}}],
		['{context: /c, additional_contexts: [res=/res], privileged: true, entitlements: [network.host]}', {flags: {buildContexts: ['res=/res'], allow: ['network.host', 'security.insecure']}}],
		['{context: /c, tags: ["other:1"]}', {tags: ['docker.io/library/p-web:latest', 'docker.io/library/other:1']}],
		['{context: /c, secrets: [file, {source: variable, target: as}]}', {secrets: [{id: 'file', file: '/s'}, {id: 'as', variable: 'V'}]}],
		['{context: /c, ssh: [default, other=/sock]}', {agents: [{id: 'default', socket: undefined}, {id: 'other', socket: '/sock'}]}],
	])('%s', async (build, expected) => {
		expect(await requested(build)).toMatchObject(expected);
	});

	test('takes the name and the platform that its service has', async () => {
		expect(await requested('/c', '    image: example.test/web:2\n    platform: linux/arm64')).toMatchObject({tags: ['example.test/web:2'], flags: {platforms: ['linux/arm64']}});
	});

	test.each([
		['{context: /c, shm_size: 1m}', 'services.web.build.shm_size is not supported'],
		['{context: /c, ulimits: {nproc: 1}}', 'services.web.build.ulimits is not supported'],
		['{context: /c, isolation: hyperv}', 'services.web.build.isolation is not supported'],
		['{context: /c, secrets: [outside]}', 'services.web.build.secrets uses outside, which is external'],
		['{context: /c, additional_contexts: {a: "service:other"}}', 'services.web.build.additional_contexts.a is service:other'],
	])('%s is refused', async (build, message) => {
		await expect(requested(build)).rejects.toThrow(message);
	});
});
