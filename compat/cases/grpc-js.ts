import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import * as grpc from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { block, scenario } from '../support/scenario';
import { inScratchFolder } from '../support/scratch-folder';

const proto = `syntax = "proto3";
service Numbers { rpc Double (N) returns (N); rpc CountTo (N) returns (stream N); rpc Sum (stream N) returns (N); }
message N { int32 n = 1; }`;

interface N {
  n: number;
}
type Done = (error: grpc.ServiceError | null, value: N) => void;
interface NumbersClient extends grpc.Client {
  double(n: N, done: Done): void;
  countTo(n: N): grpc.ClientReadableStream<N>;
  sum(done: Done): grpc.ClientWritableStream<N>;
}

const implementation: grpc.UntypedServiceImplementation = {
  double(call: grpc.ServerUnaryCall<N, N>, done: grpc.sendUnaryData<N>) {
    block();
    if (call.request.n < 0) done({ code: grpc.status.INVALID_ARGUMENT, details: 'negative' });
    else done(null, { n: call.request.n * 2 });
  },
  countTo(call: grpc.ServerWritableStream<N, N>) {
    for (let n = 1; n <= call.request.n; n++) {
      block();
      call.write({ n });
    }
    call.end();
  },
  sum(call: grpc.ServerReadableStream<N, N>, done: grpc.sendUnaryData<N>) {
    let sum = 0;
    call.on('data', ({ n }: N) => {
      block();
      sum += n;
    });
    call.on('end', () => done(null, { n: sum }));
  },
};

scenario(() =>
  inScratchFolder(async (folder) => {
    const file = path.join(folder, 'numbers.proto');
    writeFileSync(file, proto);
    const Numbers = grpc.loadPackageDefinition(loadSync(file))['Numbers'] as grpc.ServiceClientConstructor;
    const server = new grpc.Server();
    server.addService(Numbers.service, implementation);
    const port = await new Promise<number>((resolve, reject) => {
      const credentials = grpc.ServerCredentials.createInsecure();
      server.bindAsync('127.0.0.1:0', credentials, (error, bound) => (error ? reject(error) : resolve(bound)));
    });
    const client = new Numbers(`127.0.0.1:${port}`, grpc.credentials.createInsecure()) as unknown as NumbersClient;
    const double = (n: number): Promise<number> =>
      new Promise((resolve, reject) =>
        client.double({ n }, (error, value) => {
          block();
          if (error) reject(error);
          else resolve(value.n);
        }),
      );
    assert.deepEqual(await Promise.all([1, 2, 3].map(double)), [2, 4, 6]);
    await assert.rejects(double(-1), { code: grpc.status.INVALID_ARGUMENT, details: 'negative' });
    const counted: number[] = [];
    for await (const { n } of client.countTo({ n: 5 })) {
      block();
      counted.push(n as number);
    }
    assert.deepEqual(counted, [1, 2, 3, 4, 5]);
    const sum = await new Promise<number>((resolve, reject) => {
      const call = client.sum((error, value) => (error ? reject(error) : resolve(value.n)));
      for (const n of counted) call.write({ n });
      call.end();
    });
    assert.equal(sum, 15);
    client.close();
    server.forceShutdown();
  }),
);
