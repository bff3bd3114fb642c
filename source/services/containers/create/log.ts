import type {LogRequest} from '../../../model/create-request.ts';
import type {ContainerRef} from '../../../model/container.ts';
import type {Making} from './types.ts';

export type LogPlan = {
	/** Where the streams of its tasks go. */
	readonly uri: string;
	/** `log-config.json`, and the label. */
	readonly config: string;
	/** Our log driver writes it, or throws it away. */
	readonly isOurs: boolean;
	/** `logs` has something to read. */
	readonly isKept: boolean;
};

const optionsOf = (log: LogRequest): Readonly<Record<string, string>> => {
	if ('uri' in log) return {};
	// Without a size nothing is ever rotated, so how many old files are kept says nothing: nerdctl drops it.
	const {'max-file': maxFile, ...rest} = log.options;
	return maxFile === undefined || rest['max-size'] === undefined ? rest : {...rest, 'max-file': maxFile};
};

export const planLog = (log: LogRequest, shimUri: string, address: string): LogPlan => {
	if ('uri' in log) return {uri: log.uri, config: JSON.stringify({driver: '', address: ''}), isOurs: false, isKept: false};
	const options = optionsOf(log);
	const config = {driver: log.driver, ...(Object.keys(options).length === 0 ? {} : {opts: options}), address};
	return {uri: shimUri, config: JSON.stringify(config), isOurs: true, isKept: log.driver === 'json-file' && options['log-path'] === undefined};
};

/** What the log driver and `logs` look for in the state directory; the log itself is there from the start, so that it can be followed before the first word. */
export const writeLogFiles = async ({files, removal}: Pick<Making, 'files' | 'removal'>, ref: ContainerRef, plan: LogPlan, autoRemove: boolean): Promise<void> => {
	if (!plan.isOurs) return;
	await Promise.all([
		files.write(ref, 'log-config.json', plan.config, 0o600),
		plan.isKept ? files.write(ref, `${ref.id}-json.log`, '', 0o600) : undefined,
		autoRemove ? files.write(ref, 'auto-remove.json', JSON.stringify(removal(ref)), 0o600) : undefined,
	]);
};
