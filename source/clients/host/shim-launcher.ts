import {quoteWord} from '../../model/shell-words.ts';

/** V8 keeps no threads and a small young space, and malloc gives back what it does not need. */
const flags = '--v8-pool-size=0 --max-semi-space-size=1';

/**
The head of the shim's file, which is a program of sh and of Node at once. What runs for each container is this shell, which takes a megabyte
less than nothing of Node's time and memory: it holds the container's streams open, waits, and lets the keeper of `source/shim/keeper.ts` write
the log. It starts one when there is none, and when the one there was has died; when none takes the container, it becomes a log driver itself.

The lock on `logger-lock` says to log viewers that the log is still written. Whatever goes wrong with it, the log must not fail for it.
containerd starts us with an empty environment, so Node is named by its absolute path; the shell has a default PATH for flock.
A container in the foreground is followed by the program that started it, which is at the other end of descriptor 6. When it goes away, it
may say what it had of a character; when it is killed, it says nothing; in the end it kills us.
*/
export const launcher = (nodePath: string, version: string): string => `#!/bin/sh
':' /* What follows is for sh, up to the end of this comment. See source/clients/host/shim-launcher.ts.
node=${quoteWord(nodePath)}
if [ "$1" = hook ]; then exec "$node" "$0-hook" "$@"; fi
driver() {
	MALLOC_ARENA_MAX=1 MALLOC_TRIM_THRESHOLD_=65536 exec "$node" ${flags} "$0" "$@"
}
if [ "$1" != log ]; then driver "$@"; fi
state=$2/containers/$CONTAINER_NAMESPACE/$CONTAINER_ID
if [ -d "$state" ]; then exec 9>>"$state/logger-lock"; flock -w 5 9 || :; fi
if [ -n "$3" ]; then
	printf . >&5
	exec 5>&-
	read -r out err <&6
	exec 6<&-
	driver log "$2" "$3" "$out" "$err"
fi
keeper=\${0%/*}/keeper-${version}
if [ ! -p "$keeper/requests" ]; then driver log "$2"; fi
waiter=
over=
dismissed() {
	over=1
	if [ -n "$waiter" ]; then kill "$waiter"; exit 0; fi
}
refused() {
	over=1
	if [ -n "$waiter" ]; then kill "$waiter"; exec 8>&-; driver log "$2"; fi
}
trap 'dismissed' USR1
trap 'refused "$@"' USR2
trap 'echo "$$ end" 1<>"$keeper/requests"' TERM
if ! true 2>/dev/null >"$keeper/open/$$"; then driver log "$2"; fi
echo "$$ new" 1<>"$keeper/requests"
patience='-w 5'
for life in 1 2 3 4 5 6; do
	exec 8>>"$keeper/lock"
	flock $patience 8 </dev/null >/dev/null 2>&1 3<&- 4<&- 5>&- 9>&- &
	waiter=$!
	if [ -n "$over" ]; then kill "$waiter"; exit 0; fi
	wait "$waiter"
	taken=$?
	while [ "$taken" -gt 128 ] && kill -0 "$waiter" 2>/dev/null; do
		wait "$waiter"
		taken=$?
	done
	waiter=
	if [ "$taken" = 0 ] && [ "$life" != 6 ]; then
		(cd / && MALLOC_ARENA_MAX=1 MALLOC_TRIM_THRESHOLD_=65536 exec "$node" ${flags} "$0" keep "$keeper") </dev/null >/dev/null 2>"$keeper/trouble" 3<&- 4<&- 5>&- 9>&- &
	elif [ "$taken" = 0 ]; then
		rm -f "$keeper/open/$$" "$keeper/held/$$"
		break
	elif rm "$keeper/open/$$" 2>/dev/null; then
		break
	fi
	patience=
	exec 8>&-
done
exec 8>&-
trap - USR1 USR2 TERM
driver log "$2"
*/
`;
