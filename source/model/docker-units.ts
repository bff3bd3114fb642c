/** go-units' `%.3g`, where docker shows sizes in three digits: `1.23kB`, `45MB`. */
export const threeDigitBytes = (count: number): string => {
	const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB'];
	let value = count;
	let unit = 0;
	while (value >= 1000 && unit < units.length - 1) {
		value /= 1000;
		unit++;
	}
	return `${Number(value.toPrecision(3))}${units[unit]}`;
};

/** containerd's `progress.Bytes`, used in `ps --size` alone: `1.0 KiB`. */
export const progressBytes = (count: number): string => {
	const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'];
	let value = count;
	let unit = 0;
	while (value >= 1024 && unit < units.length - 1) {
		value /= 1024;
		unit++;
	}
	return `${value.toFixed(1)} ${units[unit]}`;
};
