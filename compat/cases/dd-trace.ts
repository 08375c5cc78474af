import assert from 'node:assert/strict';
import tracer from 'dd-trace';

tracer.init({
  startupLogs: false,
  runtimeMetrics: false,
  flushInterval: 0,
  port: 1,
  remoteConfig: { pollInterval: 60 } as never,
  logLevel: 'error',
});

// As its users have to: what is traced is loaded after the tracer.
const express = require('express') as typeof import('express');
const { block, scenario } = require('../support/scenario') as typeof import('../support/scenario');
const { whileServing } = require('../support/http') as typeof import('../support/http');

scenario(async () => {
  const app = express();
  app.get('/', (_request, response) => {
    block();
    const span = tracer.scope().active();
    const before = span?.context().toTraceId();
    block();
    assert.equal(tracer.scope().active()?.context().toTraceId(), before);
    response.json({ trace: before });
  });
  await whileServing(app as never, async (url) => {
    await tracer.trace('root', async (root) => {
      const answer = (await (await fetch(url)).json()) as { trace: string };
      block();
      assert.equal(answer.trace, root!.context().toTraceId());
      assert.equal(tracer.scope().active(), root);
    });
  });
  const wrapped = tracer.wrap('wrapped', () => {
    block();
    return tracer.scope().active()!.context().toSpanId();
  });
  assert.match(wrapped(), /^\d+$/);
});
