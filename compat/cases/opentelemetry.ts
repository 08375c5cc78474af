import assert from 'node:assert/strict';
import { context, SpanStatusCode, trace } from '@opentelemetry/api';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';

const exporter = new InMemorySpanExporter();
const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
provider.register();
registerInstrumentations({ instrumentations: [new HttpInstrumentation()] });

// As its users have to: what is traced is loaded after the instrumentation.
const http = require('node:http') as typeof import('node:http');
const { block, scenario } = require('../support/scenario') as typeof import('../support/scenario');
const { whileServing } = require('../support/http') as typeof import('../support/http');

const tracer = trace.getTracer('case');

scenario(async () => {
  const root = tracer.startSpan('root');
  const { traceId, spanId } = root.spanContext();
  await context.with(trace.setSpan(context.active(), root), () =>
    whileServing(
      http.createServer((_request, response) => {
        tracer.startActiveSpan('handler', (span) => {
          block();
          response.end(trace.getActiveSpan()?.spanContext().traceId);
          span.end();
        });
      }),
      async (url) => {
        const answer = await new Promise<string>((resolve, reject) => {
          http
            .get(url, (response) => {
              block();
              assert.equal(trace.getActiveSpan()?.spanContext().traceId, traceId);
              let text = '';
              response.on('data', (chunk) => (block(), (text += chunk)));
              response.on('end', () => resolve(text));
            })
            .on('error', reject);
        });
        assert.equal(answer, traceId);
        block();
        assert.equal(trace.getActiveSpan(), root);
      },
    ),
  );
  root.setStatus({ code: SpanStatusCode.OK }).end();
  const spans = exporter.getFinishedSpans().filter((span) => span.spanContext().traceId === traceId);
  const parents = new Map(spans.map((span) => [span.name + span.kind, span.parentSpanContext?.spanId]));
  assert.deepEqual([...parents.keys()].sort(), ['GET1', 'GET2', 'handler0', 'root0']);
  assert.equal(parents.get('GET2'), spanId);
});
