import {Failure} from '../../../errors.ts';
import {plain} from '../../../model/sanitize.ts';
import {SecretsService} from '../../../protocol/generated/buildkit-secrets.ts';
import {type Handler, unaryHandler} from '../../grpc/index.ts';

/** The daemon's own limit; what is larger is a file that should be mounted. */
const mostBytes = 500 * 1024;

/** Undefined: there is no secret of that name. Asked when a step wants it and never kept. */
export type SecretReader = (id: string) => Promise<Uint8Array | undefined>;

export const secretsHandler = (read: SecretReader): readonly [string, Handler] =>
	unaryHandler(SecretsService.getSecret, async ({id}) => {
		const data = await read(id);
		if (data === undefined) throw new Failure('not-found', `there is no secret called ${plain(id)}`);
		if (data.length > mostBytes) throw new Failure('invalid', `the secret ${plain(id)} has ${data.length} bytes, more than ${mostBytes}`);
		return {data};
	});
