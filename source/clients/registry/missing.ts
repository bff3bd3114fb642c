export const isMissing = (error: unknown): boolean => {
	const code = (error as {code?: unknown} | undefined)?.code;
	return code === 'ENOENT' || code === 'ENOTDIR';
};
