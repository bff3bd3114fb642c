import {describe, expect, it, test} from 'vitest';
import {defaultCapabilities} from '../../../source/model/docker-spec.ts';
import {seccompOf} from '../../../source/model/oci/seccomp.ts';

const context = {capabilities: defaultCapabilities, host: {architecture: 'amd64', kernel: {major: 6, minor: 1}}};
type Context = typeof context;
const profile = (changes: Partial<Context> = {}, seccomp?: string) => seccompOf({privileged: false, ...(seccomp === undefined ? {} : {seccomp})}, {...context, ...changes});
const allowed = (changes: Partial<Context> = {}) => {
	const names = profile(changes)?.syscalls?.filter(({action, args}) => action === 'SCMP_ACT_ALLOW' && args === undefined).flatMap(rule => rule.names) ?? [];
	return (name: string): boolean => names.includes(name);
};

describe('the default profile', () => {
	it('refuses what it does not name', () => expect(profile()?.defaultAction).toBe('SCMP_ACT_ERRNO'));

	test.each(['read', 'execve', 'openat2', 'futex', 'landlock_create_ruleset', 'clock_gettime64', 'chroot', 'ptrace', 'arch_prctl'])('%s is allowed', name => expect(allowed()(name)).toBe(true));

	test.each(['mount', 'bpf', 'unshare', 'setns', 'keyctl', 'add_key', 'init_module', 'kexec_load', 'reboot', 'io_uring_setup', 'userfaultfd', 'open_by_handle_at', 'swapon', 'clone3', 'clone', 'socket', 'personality'])(
		'%s is not, or not without a condition',
		name => expect(allowed()(name)).toBe(false),
	);

	test.each<[string, string]>([
		['CAP_SYS_ADMIN', 'mount'],
		['CAP_SYS_ADMIN', 'clone3'],
		['CAP_SYS_PTRACE', 'kcmp'],
		['CAP_SYS_MODULE', 'init_module'],
		['CAP_DAC_READ_SEARCH', 'open_by_handle_at'],
		['CAP_SYS_NICE', 'mbind'],
		['CAP_SYS_TIME', 'clock_settime64'],
		['CAP_SYSLOG', 'syslog'],
		['CAP_BPF', 'bpf'],
		['CAP_PERFMON', 'perf_event_open'],
		['CAP_SYS_BOOT', 'reboot'],
		['CAP_SYS_RAWIO', 'iopl'],
		['CAP_SYS_PACCT', 'acct'],
		['CAP_SYS_TTY_CONFIG', 'vhangup'],
	])('%s adds %s', (capability, name) => {
		expect(allowed({capabilities: [...defaultCapabilities, capability]})(name)).toBe(true);
		expect(allowed({capabilities: []})(name)).toBe(false);
	});

	it('lets processes be made, but no namespaces', () => {
		const clone = profile()?.syscalls?.filter(({names}) => names.includes('clone') || names.includes('clone3'));
		expect(clone).toEqual([
			{names: ['clone'], action: 'SCMP_ACT_ALLOW', args: [{index: 0, value: 0x7e02_0000, op: 'SCMP_CMP_MASKED_EQ'}]},
			{names: ['clone3'], action: 'SCMP_ACT_ERRNO', errnoRet: 38},
		]);
		const s390 = profile({host: {...context.host, architecture: 's390x'}})?.syscalls?.find(({names}) => names.includes('clone'));
		expect(s390?.args?.[0]?.index).toBe(1);
	});

	it('keeps two families of sockets away', () => {
		const rules = profile()?.syscalls?.filter(({names}) => names.includes('socket')).map(({args}) => args?.flatMap(({op, value}) => [op, value]));
		expect(rules).toEqual([['SCMP_CMP_LT', 38], ['SCMP_CMP_EQ', 39], ['SCMP_CMP_GT', 40]]);
	});

	test.each<[string, readonly string[] | undefined, string]>([
		['amd64', ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86', 'SCMP_ARCH_X32'], 'modify_ldt'],
		['arm64', ['SCMP_ARCH_ARM', 'SCMP_ARCH_AARCH64'], 'cacheflush'],
		['riscv64', ['SCMP_ARCH_RISCV64'], 'riscv_hwprobe'],
		['ppc64le', undefined, 'swapcontext'],
	])('on %s', (architecture, architectures, name) => {
		const host = {...context.host, architecture};
		expect(profile({host})?.architectures).toEqual(architectures);
		expect(allowed({host})(name)).toBe(true);
	});

	it('forbids tracing where a tracer could change the call', () => {
		const on = (major: number, minor: number) => allowed({host: {...context.host, kernel: {major, minor}}})('ptrace');
		expect([on(3, 19), on(4, 7), on(4, 8), on(5, 0)]).toEqual([false, false, true, true]);
	});
});

test('is left out when that is said', () => {
	expect(seccompOf({privileged: true}, context)).toBeUndefined();
	expect(profile({}, 'unconfined')).toBeUndefined();
});

describe('a profile of the user', () => {
	it('is passed on', () => {
		const own = {defaultAction: 'SCMP_ACT_ALLOW', architectures: ['SCMP_ARCH_X86'], syscalls: [{names: ['mkdir'], action: 'SCMP_ACT_ERRNO', errnoRet: 5, args: [{index: 0, value: 1, op: 'SCMP_CMP_EQ'}]}]};
		expect(profile({}, JSON.stringify(own))).toEqual(own);
	});

	it('in Docker’s form is worked out', () => {
		const rule = (name: string, more: object) => ({names: [name], action: 'SCMP_ACT_ALLOW', ...more});
		const docker = {
			defaultAction: 'SCMP_ACT_ERRNO',
			defaultErrnoRet: 1,
			archMap: [
				{architecture: 'SCMP_ARCH_X86_64', subArchitectures: ['SCMP_ARCH_X86']},
				{architecture: 'SCMP_ARCH_AARCH64', subArchitectures: ['SCMP_ARCH_ARM']},
			],
			syscalls: [
				rule('always', {}),
				rule('has', {includes: {caps: ['CAP_CHOWN']}}),
				rule('lacks', {includes: {caps: ['CAP_SYS_ADMIN']}}),
				rule('spared', {excludes: {caps: ['CAP_SYS_ADMIN']}}),
				rule('excluded', {excludes: {caps: ['CAP_CHOWN']}}),
				rule('here', {includes: {arches: ['amd64', 'x32']}}),
				rule('elsewhere', {includes: {arches: ['s390']}}),
				rule('not here', {excludes: {arches: ['amd64']}}),
				rule('old', {includes: {minKernel: '4.8'}}),
				rule('new', {includes: {minKernel: '6.2'}}),
				{name: 'single', action: 'SCMP_ACT_ALLOW', args: null},
			],
		};
		const made = profile({}, JSON.stringify(docker));
		expect(made).toMatchObject({defaultErrnoRet: 1, architectures: ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86']});
		expect(made?.syscalls?.flatMap(({names}) => names)).toEqual(['always', 'has', 'spared', 'here', 'old', 'single']);
	});

	test.each([
		['{', 'is no JSON'],
		['[]', 'has no defaultAction'],
		['{"defaultAction":1}', 'has no defaultAction'],
	])('%s is refused', (json, message) => expect(() => profile({}, json)).toThrow(message));
});
