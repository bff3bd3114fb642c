import {connect} from 'node:net';

/** `unix:///run/c.sock`, `unix:/run/c.sock` and `/run/c.sock` are the same place. */
export const socketPath = (address: string): string => address.replace(/^unix:(?:\/\/)?/, '');

/**
Why nothing can be said to the socket, as an errno name, or undefined when somebody listens. gRPC reports every failed connection as
UNAVAILABLE with prose; the errno is what tells a missing daemon from a missing permission.
*/
export const probeSocket = async (path: string): Promise<string | undefined> =>
	new Promise(resolve => {
		if (path === '') return resolve('ENOENT');
		const socket = connect({path});
		const finish = (answer: string | undefined): void => {
			socket.destroy();
			resolve(answer);
		};

		socket.setTimeout(1000, () => finish('ETIMEDOUT'));
		socket.once('connect', () => finish(undefined));
		socket.once('error', (error: NodeJS.ErrnoException) => finish(error.code ?? 'EIO'));
	});
