import type {TypedBytes} from '../../model/container.ts';
import {Options} from '../../protocol/generated/runc.ts';

const nothing: Options = {
	noPivotRoot: false,
	noNewKeyring: false,
	shimCgroup: '',
	ioUid: 0,
	ioGid: 0,
	binaryName: '',
	root: '',
	systemdCgroup: false,
	criuImagePath: '',
	criuWorkPath: '',
};

/** What runc's shim is told: `binary` is another runtime that takes runc's command line. */
export const runcOptions = ({binary = '', systemdCgroup}: {readonly binary?: string; readonly systemdCgroup: boolean}): TypedBytes => ({
	typeUrl: 'containerd.runc.v1.Options',
	value: Options.encode({...nothing, binaryName: binary, systemdCgroup}).finish(),
});
