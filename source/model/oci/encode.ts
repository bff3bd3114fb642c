import type {OciSpec} from './types.ts';

/** What containerd names a spec by. */
export const specTypeUrl = 'types.containerd.io/opencontainers/runtime-spec/1/Spec';

/** "No limit", which JavaScript's numbers can't say exactly. */
const unlimited = '18446744073709551615';

/** The JSON of a spec. A resource limit of −1 becomes the runtime's word for none. */
export const encodeSpec = (spec: OciSpec): string => {
	const {rlimits, ...process} = spec.process;
	if (rlimits === undefined) return JSON.stringify(spec);
	const limit = (value: number): string => (value < 0 ? unlimited : String(value));
	const list = rlimits.map(({type, hard, soft}) => `{"type":${JSON.stringify(type)},"hard":${limit(hard)},"soft":${limit(soft)}}`);
	const rest = JSON.stringify({...spec, process: undefined});
	return `{"process":{"rlimits":[${list.join(',')}],${JSON.stringify(process).slice(1)},${rest.slice(1)}`;
};
