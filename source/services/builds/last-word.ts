import {createBuildkit, withTrouble} from '../../clients/buildkit/index.ts';
import {isFailure} from '../../errors.ts';

const patienceMs = 3000;

/**
What became of a build whose answer did not come through. A failure brings the whole Dockerfile along in its trailers, and from some 48 KiB on
those are more than HTTP/2 carries: then the stream is reset and nothing is said. The daemon's memory of the build has it all.
*/
export const lastWord = async (address: string, ref: string, error: unknown): Promise<unknown> => {
	if (!isFailure(error, 'unavailable')) return error;
	// The reset takes its whole connection along.
	const buildkit = createBuildkit(address);
	try {
		// Not only what is past: it is written down a moment after the answer.
		for await (const {type, record} of buildkit.history({ref, timeoutMs: patienceMs})) {
			if (type !== 'complete' || record.ref !== ref) continue;
			return record.error === undefined ? error : withTrouble('internal', record.error, record.trouble);
		}
	} catch {
		// It is gone, or remembers nothing: that the connection was lost is all that is known.
	} finally {
		buildkit.close();
	}

	return error;
};
