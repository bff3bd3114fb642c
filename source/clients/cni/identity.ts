/** nerdctl's identity of a container for CNI, so that either can take away what the other has attached. */
export const cniIdOf = ({namespace, id}: {readonly namespace: string; readonly id: string}): string => `${namespace}-${id}`;
