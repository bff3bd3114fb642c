import {Failure} from '../../errors.ts';
import {listOf, numberOf, recordOf, type Spec, stringsOf, textOf} from '../docker-spec.ts';
import type {SeccompContext} from './seccomp.ts';
import type {OciSeccomp, OciSyscall} from './types.ts';

/**
A profile that the user wrote: the runtime specification's form, or Docker's, whose rules depend on capabilities, processor and kernel and are worked
out here. (nerdctl passes Docker's on as it is, and the runtime then lets everything through that a rule names under a condition.)
*/
export const seccompProfileOf = (json: string, context: SeccompContext): OciSeccomp => {
	let parsed: unknown;
	try {
		parsed = JSON.parse(json);
	} catch (error) {
		throw new Failure('invalid', `The seccomp profile is no JSON: ${(error as Error).message}`, {cause: error});
	}
	const profile = recordOf(parsed);
	if (textOf(profile['defaultAction']) === '') throw new Failure('invalid', 'The seccomp profile has no defaultAction');
	const architectures = architecturesOf(profile, context.host.architecture);
	return {
		defaultAction: textOf(profile['defaultAction']),
		...(typeof profile['defaultErrnoRet'] === 'number' ? {defaultErrnoRet: profile['defaultErrnoRet']} : {}),
		...(architectures.length > 0 ? {architectures} : {}),
		...(stringsOf(profile['flags']).length > 0 ? {flags: stringsOf(profile['flags'])} : {}),
		...(textOf(profile['listenerPath']) === '' ? {} : {listenerPath: textOf(profile['listenerPath']), listenerMetadata: textOf(profile['listenerMetadata'])}),
		syscalls: listOf(profile['syscalls'])
			.map(recordOf)
			.filter(rule => applies(rule, context))
			.map(syscallOf),
	};
};

/** Docker's names of architectures in conditions are Go's; those of its map are libseccomp's. */
const libseccomp: Readonly<Record<string, string>> = {amd64: 'SCMP_ARCH_X86_64', arm64: 'SCMP_ARCH_AARCH64', arm: 'SCMP_ARCH_ARM', s390x: 'SCMP_ARCH_S390X', ppc64le: 'SCMP_ARCH_PPC64LE', riscv64: 'SCMP_ARCH_RISCV64', loong64: 'SCMP_ARCH_LOONGARCH64'};

const architecturesOf = (profile: Spec, architecture: string): readonly string[] => {
	const entry = listOf(profile['archMap'])
		.map(recordOf)
		.find(item => item['architecture'] === libseccomp[architecture]);
	return entry === undefined ? stringsOf(profile['architectures']) : [textOf(entry['architecture']), ...stringsOf(entry['subArchitectures'])];
};

const applies = (rule: Spec, {capabilities, host}: SeccompContext): boolean => {
	const [includes, excludes] = [recordOf(rule['includes']), recordOf(rule['excludes'])];
	const has = (name: string): boolean => capabilities.includes(name);
	const runsOn = (condition: Spec): boolean => stringsOf(condition['arches']).includes(host.architecture);
	return (
		stringsOf(includes['caps']).every(has) &&
		!stringsOf(excludes['caps']).some(has) &&
		(listOf(includes['arches']).length === 0 || runsOn(includes)) &&
		!runsOn(excludes) &&
		(includes['minKernel'] === undefined || isAtLeast(host.kernel, textOf(includes['minKernel']))) &&
		(excludes['minKernel'] === undefined || !isAtLeast(host.kernel, textOf(excludes['minKernel'])))
	);
};

const isAtLeast = (kernel: SeccompContext['host']['kernel'], version: string): boolean => {
	const [major = 0, minor = 0] = version.split('.').map(Number);
	return kernel.major > major || (kernel.major === major && kernel.minor >= minor);
};

const syscallOf = (rule: Spec): OciSyscall => {
	const args = listOf(rule['args']).map(recordOf);
	return {
		names: [...stringsOf(rule['names']), ...(textOf(rule['name']) === '' ? [] : [textOf(rule['name'])])],
		action: textOf(rule['action']),
		...(typeof rule['errnoRet'] === 'number' ? {errnoRet: rule['errnoRet']} : {}),
		...(args.length === 0
			? {}
			: {
					args: args.map(arg => ({
						index: numberOf(arg['index']),
						value: numberOf(arg['value']),
						...(typeof arg['valueTwo'] === 'number' ? {valueTwo: arg['valueTwo']} : {}),
						op: textOf(arg['op']),
					})),
				}),
	};
};
