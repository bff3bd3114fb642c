import {listOf, numberOf, recordOf, stringsOf, textOf} from '../docker-spec.ts';

/** What an image says about the containers made of it, with Docker's names. A part that it leaves out is empty. */
export type ImageConfig = {
	readonly Entrypoint: readonly string[];
	readonly Cmd: readonly string[];
	readonly Env: readonly string[];
	readonly WorkingDir: string;
	readonly User: string;
	/** Directories that want an anonymous volume. */
	readonly Volumes: readonly string[];
	readonly Labels: Readonly<Record<string, string>>;
	readonly StopSignal: string;
	/** `80/tcp`. */
	readonly ExposedPorts: readonly string[];
	readonly Healthcheck?: ImageHealthcheck;
};

/** Durations in nanoseconds; 0: the default. */
export type ImageHealthcheck = {
	readonly Test: readonly string[];
	readonly Interval: number;
	readonly Timeout: number;
	readonly StartPeriod: number;
	readonly Retries: number;
};

/** From the JSON of an image's config, which a registry once sent: what has another shape counts as not said. */
export const imageConfigOf = (configJson: unknown): ImageConfig => {
	const config = recordOf(recordOf(configJson)['config']);
	return {
		Entrypoint: stringsOf(config['Entrypoint']),
		Cmd: stringsOf(config['Cmd']),
		Env: stringsOf(config['Env']),
		WorkingDir: textOf(config['WorkingDir']),
		User: textOf(config['User']),
		Volumes: Object.keys(recordOf(config['Volumes'])),
		Labels: Object.fromEntries(Object.entries(recordOf(config['Labels'])).filter((entry): entry is [string, string] => typeof entry[1] === 'string')),
		StopSignal: textOf(config['StopSignal']),
		ExposedPorts: Object.keys(recordOf(config['ExposedPorts'])),
		...healthcheckOf(config['Healthcheck']),
	};
};

const healthcheckOf = (value: unknown): {readonly Healthcheck?: ImageHealthcheck} => {
	const health = recordOf(value);
	if (listOf(health['Test']).length === 0) return {};
	return {
		Healthcheck: {
			Test: stringsOf(health['Test']),
			Interval: numberOf(health['Interval']),
			Timeout: numberOf(health['Timeout']),
			StartPeriod: numberOf(health['StartPeriod']),
			Retries: numberOf(health['Retries']),
		},
	};
};
