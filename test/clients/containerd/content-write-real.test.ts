import {describe, it} from 'vitest';
import {containerdVersions} from '../../../scripts/lab/find-containerd.ts';
import {whyNotReal} from '../../contract/describe-real.ts';
import {startReal} from '../../contract/subjects.ts';
import {describeContentWrite} from './content-write-part.ts';

for (const version of containerdVersions) {
	const reason = whyNotReal(version);
	if (reason === undefined) describeContentWrite(`containerd ${version}`, startReal(version));
	else describe(`writing content on containerd ${version}`, () => it.skip(`did not run: ${reason}`, () => {}));
}
