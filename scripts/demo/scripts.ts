/** What the demo's containers run, in busybox's shell. Each starts with some history, so that the first look at a log is not an empty one. */

const repeat = (body: string, every: string, history = 40): string => `#!/bin/sh
trap 'exit 0' TERM
n=0
line() {
${body}
n=$((n+1))
}
while [ $n -lt ${history} ]; do line; done
while :; do line; sleep ${every} & wait $!; done
`;

export const mailer = repeat(
	`printf '%s queue=%d delivered=%d deferred=%d\\n' "$(date -u +%H:%M:%S)" $((n % 7)) $((n * 3)) $((n % 3))
[ $((n % 11)) -eq 0 ] && printf '%s deferred: recipient mailbox is full\\n' "$(date -u +%H:%M:%S)" >&2`,
	'0.4',
);

export const ticker = repeat(`printf 'tick %d\\n' $n`, '1');

export const web = repeat(
	`case $((n % 6)) in 0) p=/cart;; 1) p=/health;; 2) p=/item/$((n % 97));; 3) p=/search;; *) p=/;; esac
s=200; [ $((n % 13)) -eq 0 ] && s=404
printf '10.0.0.%d - - "GET %s HTTP/1.1" %d %d %dms\\n' $((n % 200 + 2)) $p $s $((n * 37 % 9000 + 120)) $((n % 40 + 1))`,
	'0.5',
);

export const api = repeat(
	`l=info; [ $((n % 9)) -eq 0 ] && l=warn
printf '{"level":"%s","msg":"order placed","order":%d,"total":%d.%02d,"took_ms":%d}\\n' $l $((n + 1000)) $((n % 300)) $((n % 100)) $((n % 50))`,
	'0.7',
);

export const database = repeat(
	`printf '%s UTC [%d] LOG:  checkpoint complete: wrote %d buffers\\n' "$(date -u '+%Y-%m-%d %H:%M:%S')" $((n % 30 + 1)) $((n * 7 % 512))`,
	'3',
	12,
);

/** Works a third of the time, in slices, so that its CPU column moves and the machine stays usable. */
export const burner = `#!/bin/sh
trap 'exit 0' TERM
round=0
while :; do
	i=0
	while [ $i -lt 30000 ]; do i=$((i+1)); done
	round=$((round+1))
	[ $((round % 10)) -eq 0 ] && echo "round $round"
	sleep 0.2
done
`;

/** Colours, a progress line drawn with carriage returns, and lines that come in pieces. */
export const painter = repeat(
	`printf '\\033[3%dmcolour %d\\033[0m \\033[1mbold\\033[0m \\033[7minverse\\033[0m\\n' $((n % 7 + 1)) $n
printf 'downloading '; for p in 25 50 75 100; do printf '\\rdownloading %d %%' $p; done; printf '\\n'
printf 'first half, '; sleep 0.1; printf 'second half\\n'`,
	'1.5',
	3,
);

export const importer = `#!/bin/sh
echo 'importing 120000 rows'
echo 'out of patience' >&2
exec sleep 100000
`;

export const idle = `#!/bin/sh
echo ready
exec sleep 100000
`;

/** A kubelet has the runtime write this form; here the container does it itself, into a \`file://\` log. */
export const criLog = repeat(
	`t=$(date -u +%Y-%m-%dT%H:%M:%S).$(printf %09d $((n * 7919 % 1000000000)))Z
printf '%s stdout F reconciled %d objects\\n' "$t" $((n % 40))
[ $((n % 8)) -eq 0 ] && printf '%s stderr P lease renewal took \\n%s stderr F longer than %d ms\\n' "$t" "$t" $((n % 500))`,
	'0.9',
);
