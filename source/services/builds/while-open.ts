import type {Session} from '../../clients/buildkit/index.ts';
import {couldNot, messageOf} from '../../errors.ts';

/** What the daemon itself says of a build whose session is over tells more than that it is over; so it gets a moment to say it. */
const graceMs = 1000;

/**
A build needs its session to the end: without one the daemon waits for files that nobody sends, and some never answer. Rejects when the
session ends before the work does, after `onLost`.
*/
export const whileOpen = async <Value>({closed}: Pick<Session, 'closed'>, work: Promise<Value>, onLost: () => void): Promise<Value> => {
	let timer: NodeJS.Timeout | undefined;
	let isOver = false;
	const lost = closed.then(
		async error =>
			new Promise<never>((_resolve, reject) => {
				if (isOver) return;
				const reason = error === undefined ? 'BuildKit ended the session that it asks us for files in' : `the session with BuildKit broke: ${messageOf(error)}`;
				timer = setTimeout(() => {
					onLost();
					reject(couldNot('unavailable', 'go on with the build', reason, {cause: error, hint: "look into BuildKit's log, and build again"}));
				}, graceMs);
			}),
	);
	try {
		return await Promise.race([work, lost]);
	} finally {
		isOver = true;
		clearTimeout(timer);
	}
};
