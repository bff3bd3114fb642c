import {createContainerd} from '../../../source/clients/containerd/index.ts';
import {createLayers} from '../../../source/services/layers/index.ts';

/** Indexes a layer as the dashboard does and prints the seconds that took; each time anew. Loading the program is not part of it: a dashboard is loaded. */
const {address, namespace, digest, sizeBytes} = JSON.parse(process.argv[2] ?? '') as {readonly address: string; readonly namespace: string; readonly digest: string; readonly sizeBytes: number};
const containerd = createContainerd({address});
const startedAt = performance.now();
const index = await createLayers({containerd}).index(namespace, {mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', digest, sizeBytes, annotations: {}});
const seconds = (performance.now() - startedAt) / 1000;
process.stdout.write(`${JSON.stringify({seconds, count: index.count})}\n`);
containerd.close();
