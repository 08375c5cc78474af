import assert from 'node:assert/strict';
import http from 'node:http';
import nock from 'nock';
import { block, scenario } from '../support/scenario';
import { scratchName } from '../support/services';

nock.disableNetConnect();

scenario(async () => {
  const host = `http://${scratchName().replaceAll('_', '-')}.example`;
  const scope = nock(host)
    .get('/users')
    .query((query) => (block(), query['page'] === '2'))
    .reply(200, () => (block(), [{ name: 'ada' }]))
    .post('/users', (body: { name: string }) => (block(), body.name === 'eve'))
    .reply(201, (_uri: string, body: nock.Body) => (block(), body))
    .get('/fails')
    .replyWithError('on purpose');

  const users = await new Promise<string>((resolve, reject) => {
    http
      .get(`${host}/users?page=2`, (response) => {
        block();
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (block(), (text += chunk)));
        response.on('end', () => resolve(text));
      })
      .on('error', reject);
  });
  assert.equal(users, '[{"name":"ada"}]');
  const headers = { 'Content-Type': 'application/json' };
  const made = await fetch(`${host}/users`, { method: 'POST', headers, body: '{"name":"eve"}' });
  assert.deepEqual([made.status, await made.json()], [201, { name: 'eve' }]);
  await assert.rejects(fetch(`${host}/fails`));
  await assert.rejects(fetch(`${host}/nowhere`));
  scope.done();
});
