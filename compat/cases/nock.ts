import assert from 'node:assert/strict';
import http from 'node:http';
import nock from 'nock';
import { block, scenario } from '../support/scenario';
import { scratchName } from '../support/services';

nock.disableNetConnect();

function ask(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = http.get(url, (response) => {
      block();
      let text = `${response.statusCode} `;
      response.setEncoding('utf8').on('data', (chunk: string) => (block(), (text += chunk)));
      response.on('end', () => resolve(text));
    });
    request.on('error', reject);
  });
}

scenario(async () => {
  const host = `http://${scratchName().replaceAll('_', '-')}.example`;
  const scope = nock(host)
    .get('/users')
    .query((query) => (block(), query['page'] === '2'))
    .reply(200, () => (block(), [{ name: 'ada' }]))
    .get(/^\/people/)
    .reply(201, () => (block(), { found: true }))
    .get('/fails')
    .replyWithError('on purpose');

  assert.equal(await ask(`${host}/users?page=2`), '200 [{"name":"ada"}]');
  assert.equal(await ask(`${host}/people/1`), '201 {"found":true}');
  await assert.rejects(ask(`${host}/fails`), /on purpose/);
  assert.equal((await fetch(`${host}/nowhere`)).status, 501);
  scope.done();
});
