import type {OciSpec} from './types.ts';

/** What containerd names a spec by. */
export const specTypeUrl = 'types.containerd.io/opencontainers/runtime-spec/1/Spec';

/** "No limit", which JavaScript's numbers can't say exactly. */
const unlimited = '18446744073709551615';

/** What stands for it until the JSON is text. No other text can be taken for it, since a quote within a text is written as an escape. */
const mark = '\0unlimited';
const marked = /"(hard|soft)":"\\u0000unlimited"/g;

/** The JSON of a spec. A resource limit of −1 becomes the runtime's word for none. */
export const encodeSpec = (spec: OciSpec): string => {
	const {rlimits} = spec.process;
	if (rlimits === undefined) return JSON.stringify(spec);
	const limit = (value: number): number | string => (value < 0 ? mark : value);
	const limits = rlimits.map(({type, hard, soft}) => ({type, hard: limit(hard), soft: limit(soft)}));
	return JSON.stringify({...spec, process: {...spec.process, rlimits: limits}}).replace(marked, `"$1":${unlimited}`);
};
