import {quoteWord} from '../../model/shell-words.ts';

/**
What runc starts as a hook, `hook EVENT DATA_STORE CNI_PATH NETCONF_PATH STATE_DIR`: a shell that looks for a Gantry which waits for this very hook,
and has the work done there; a Node of its own would take longer to start than all of the work. It starts no process: each command is the shell's
own, in dash, bash and busybox alike.

An offer is a directory `hook.PID.START.NUMBER` in the state directory (`shim/hook/offer.ts`), with the server's process and when that started, in
the words of /proc: one that was killed is known by it. Whoever lives elsewhere, in another network or behind another root, would do the work in
the wrong place. An offer is for one hook: who makes the file `taken` has it.

No open waits: the pipes are opened for both directions first, then for one, and the former closed, so that reading ends and writing fails when the
server dies. If it can not be asked, or dies, Node does the work from the beginning, with the same state on its stdin. That is right also after
half of it was done, since the hook takes away first what is remembered of an earlier start, and giving back twice gives back once.
*/
export const hookLauncher = (nodePath: string): string => `#!/bin/sh
node=${quoteWord(nodePath)}
program="\${0%/*}/gantry-shim-hook"

lives() {
	{ IFS= read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 1
	start=$2
	# The name before it may have blanks and brackets of its own.
	set -f
	set -- \${stat##*) }
	set +f
	[ "\${20}" = "$start" ]
}

is_here() {
	for kind in net mnt pid user; do
		[ "/proc/self/ns/$kind" -ef "/proc/$1/ns/$kind" ] || return 1
	done
	[ / -ef "/proc/$1/root/" ]
}

take() {
	[ -p "$1/request" ] && [ -p "$1/reply" ] || return 1
	set -C
	{ true >"$1/taken"; } 2>/dev/null
	taken=$?
	set +C
	[ $taken = 0 ] && { command exec 6<>"$1/request" 7<>"$1/reply" 8<"$1/reply" 9>"$1/request"; } 2>/dev/null
}

# Answers only when the work was not done.
ask() {
	exec 6>&- 7>&-
	trap '' PIPE
	printf '%s %s\\n' "$1" "$2" 2>/dev/null >&9 || return 1
	IFS= read -r status <&8 || return 1
	while IFS= read -r line <&8; do printf '%s\\n' "$line" >&2; done
	exit "$status"
}

for offer in "$6"/hook.*.*.*; do
	serial="\${offer##*/hook.}"
	pid="\${serial%%.*}"
	start="\${serial#*.}"
	lives "$pid" "\${start%%.*}" && is_here "$pid" && take "$offer" || continue
	state=
	while IFS= read -r line || [ -n "$line" ]; do state="$state$line"; done
	ask "$2" "$state"
	exec 8<&- 9>&-
	exec "$node" "$program" "$@" <<END
$state
END
done
exec "$node" "$program" "$@"
`;
