let second = -1;
let prefix = '';

/** RFC 3339 in UTC with nine digits always, as docker writes it, so that the text sorts as the time does. `at` is epoch ms with fractions. */
export const formatTime = (at: number): string => {
	const wholeSeconds = Math.floor(at / 1000);
	if (wholeSeconds !== second) {
		second = wholeSeconds;
		prefix = new Date(wholeSeconds * 1000).toISOString().slice(0, 20);
	}

	const microseconds = Math.floor((at - wholeSeconds * 1000) * 1000);
	return `${prefix}${String(microseconds).padStart(6, '0')}000Z`;
};

/** One record of docker's json-file format. */
export const encodeEntry = (log: string, stream: 'stdout' | 'stderr', time: string): string =>
	`{"log":${JSON.stringify(log)},"stream":"${stream}","time":"${time}"}\n`;
