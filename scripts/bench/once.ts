/** The promise, or a failure that says what was waited for. */
export const once = async <T>(promise: Promise<T>, timeoutMs: number, complaint: () => string): Promise<T> => {
	const late = Promise.withResolvers<never>();
	const timer = setTimeout(() => late.reject(new Error(complaint())), timeoutMs);
	try {
		return await Promise.race([promise, late.promise]);
	} finally {
		clearTimeout(timer);
	}
};
