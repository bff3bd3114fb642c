import type {SecurityRequest} from '../create-request.ts';
import type {HostFacts} from './input.ts';
import {seccompProfileOf} from './seccomp-profile.ts';
import {byArchitecture, byCapability, harmless} from './seccomp-syscalls.ts';
import type {OciSeccomp, OciSyscall} from './types.ts';

export type SeccompContext = {readonly capabilities: readonly string[]; readonly host: Pick<HostFacts, 'architecture' | 'kernel'>};

/** Whose calls a process may make: a 64-bit kernel runs 32-bit programs too. */
const architectures: Readonly<Record<string, readonly string[]>> = {
	amd64: ['X86_64', 'X86', 'X32'],
	arm64: ['ARM', 'AARCH64'],
	s390x: ['S390', 'S390X'],
	riscv64: ['RISCV64'],
	loong64: ['LOONGARCH64'],
};

const allow = (...names: readonly string[]): OciSyscall => ({names, action: 'SCMP_ACT_ALLOW'});
const allowWhen = (name: string, op: string, value: number, index = 0): OciSyscall => ({
	names: [name],
	action: 'SCMP_ACT_ALLOW',
	args: [{index, value, op: `SCMP_CMP_${op}`}],
});

const [afAlg, afVsock] = [38, 40];

/**
Every family of sockets but AF_ALG and AF_VSOCK, as three ranges with one condition each: runc makes a rule of its own of every condition on the same
argument, so "neither this nor that" in one rule would let both through.
*/
const sockets: readonly OciSyscall[] = [allowWhen('socket', 'LT', afAlg), allowWhen('socket', 'EQ', afAlg + 1), allowWhen('socket', 'GT', afVsock)];

/** Linux, its 32-bit and no-randomization variants, and the question which one it is. */
const personalities = [0x0, 0x8, 0x2_0000, 0x2_0008, 0xffff_ffff].map(value => allowWhen('personality', 'EQ', value));

/** CLONE_NEW: NS, CGROUP, UTS, IPC, USER, PID and NET. */
const newNamespaces = 0x0002_0000 | 0x0200_0000 | 0x0400_0000 | 0x0800_0000 | 0x1000_0000 | 0x2000_0000 | 0x4000_0000;
const enosys = 38;

/** Processes may be made, new namespaces not: of these bits none may be set (a second value of 0 is not said). clone3 hides its flags in memory: the C library falls back to clone when it is not there. */
const cloneWithoutNamespaces = (architecture: string): readonly OciSyscall[] => [
	{
		names: ['clone'],
		action: 'SCMP_ACT_ALLOW',
		args: [{index: architecture === 's390x' ? 1 : 0, value: newNamespaces, op: 'SCMP_CMP_MASKED_EQ'}],
	},
	{names: ['clone3'], action: 'SCMP_ACT_ERRNO', errnoRet: enosys},
];

const defaultProfile = ({capabilities, host: {architecture, kernel}}: SeccompContext): OciSeccomp => {
	// Before 4.8 a tracer could change the call after the filter had looked at it.
	const mayTrace = kernel.major > 4 || (kernel.major === 4 && kernel.minor >= 8);
	const ofArchitecture = byArchitecture[architecture] ?? [];
	return {
		defaultAction: 'SCMP_ACT_ERRNO',
		...(architectures[architecture] === undefined ? {} : {architectures: architectures[architecture].map(name => `SCMP_ARCH_${name}`)}),
		syscalls: [
			allow(...harmless),
			...sockets,
			...personalities,
			...(mayTrace ? [allow('process_vm_readv', 'process_vm_writev', 'ptrace')] : []),
			...(ofArchitecture.length > 0 ? [allow(...ofArchitecture)] : []),
			...capabilities.flatMap(name => (byCapability[name] === undefined ? [] : [allow(...byCapability[name])])),
			...(capabilities.includes('CAP_SYS_ADMIN') ? [] : cloneWithoutNamespaces(architecture)),
		],
	};
};

/** The filter of system calls; undefined: none. */
export const seccompOf = ({privileged, seccomp}: Pick<SecurityRequest, 'privileged' | 'seccomp'>, context: SeccompContext): OciSeccomp | undefined => {
	if (privileged || seccomp === 'unconfined') return undefined;
	return seccomp === undefined ? defaultProfile(context) : seccompProfileOf(seccomp, context);
};
