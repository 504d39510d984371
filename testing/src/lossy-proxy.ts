import { connect, createServer, type Socket } from 'node:net';

/** A TCP proxy before a server on loopback, whose connections can be cut in the middle of a call. */
export type LossyProxy = {
  readonly port: number;
  /**
   * Cuts every connection once: `before` the next bytes of a client reach the server, or `after` the server has answered
   * them, in place of that answer. Resolves when it has happened.
   */
  cut(when: 'before' | 'after'): Promise<void>;
  stop(): Promise<void>;
};

/** Starts a proxy before the server on a port of 127.0.0.1. */
export async function startLossyProxy(target: number): Promise<LossyProxy> {
  const pairs = new Set<readonly [Socket, Socket]>();
  let plan: { when: 'before' | 'after'; done: () => void } | undefined;

  function cutAll(): void {
    for (const pair of pairs) for (const socket of pair) socket.destroy();
    pairs.clear();
    plan?.done();
    plan = undefined;
  }

  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1');
    const pair = [client, upstream] as const;
    pairs.add(pair);
    let asked = false;
    client.on('data', (chunk) => {
      if (plan?.when === 'before') return cutAll();
      asked = plan !== undefined;
      upstream.write(chunk);
    });
    upstream.on('data', (chunk) => {
      if (plan?.when === 'after' && asked) return cutAll();
      client.write(chunk);
    });
    for (const [socket, other] of [pair, [upstream, client] as const]) {
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        other.destroy();
        pairs.delete(pair);
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as { port: number }).port,
    cut: (when) =>
      new Promise((done) => {
        plan = { when, done };
      }),
    async stop() {
      cutAll();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
