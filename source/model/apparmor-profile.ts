/** nerdctl's name for the profile that containers get when nobody asks for another. */
export const defaultProfileName = 'nerdctl-default';

/** Which of AppArmor's own files this machine has, and what confines us. */
export type ProfileSurroundings = {
	readonly hasAbi: boolean;
	readonly hasTunables: boolean;
	readonly hasBase: boolean;
	/** The profile of whoever signals containers. */
	readonly manager: string;
};

/** Below /proc only processes and /proc/sys may be written; the pattern says "no number and not sys" letter by letter. */
const otherProcFolders = '{[^1-9/],[^1-9/][^0-9/],[^1-9s/][^0-9y/][^0-9s/],[^1-9/][^0-9/][^0-9/][^0-9/]*}';

/** Below /sys only /sys/fs/cgroup, letter by letter again. */
const otherSysFolders = ['[^f]*', 'f[^s]*', 'fs/[^c]*', 'fs/c[^g]*', 'fs/cg[^r]*'];

/**
The rules that moby and containerd have published for containers: files, network and capabilities are the namespaces' and cgroups' business; the
kernel's switches are out of reach, and signals and tracing stay inside.
*/
export const defaultProfile = ({hasAbi, hasTunables, hasBase, manager}: ProfileSurroundings): string => {
	const name = defaultProfileName;
	const signallers = [...new Set(['unconfined', 'runc', 'crun', manager])];
	return [
		...(hasAbi ? ['abi <abi/3.0>,'] : []),
		hasTunables ? '#include <tunables/global>' : '@{PROC}=/proc/',
		`profile ${name} flags=(attach_disconnected,mediate_deleted) {`,
		...(hasBase ? ['  #include <abstractions/base>'] : []),
		'  network,',
		'  capability,',
		'  file,',
		'  umount,',
		...signallers.map(peer => `  signal (receive) peer=${peer},`),
		`  signal (send,receive) peer=${name},`,
		'  deny @{PROC}/* w,',
		`  deny @{PROC}/${otherProcFolders}/** w,`,
		'  deny @{PROC}/sys/[^k]** w,',
		'  deny @{PROC}/sys/kernel/{?,??,[^s][^h][^m]**} w,',
		'  deny @{PROC}/sysrq-trigger rwklx,',
		'  deny @{PROC}/kcore rwklx,',
		'  deny mount,',
		...otherSysFolders.map(folder => `  deny /sys/${folder}/** wklx,`),
		'  deny /sys/firmware/** rwklx,',
		'  deny /sys/devices/virtual/powercap/** rwklx,',
		'  deny /sys/kernel/security/** rwklx,',
		`  ptrace (trace,tracedby,read,readby) peer=${name},`,
		'}',
		'',
	].join('\n');
};
