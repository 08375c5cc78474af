import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import nodemailer from 'nodemailer';
import { SMTPServer } from 'smtp-server';
import { block, scenario } from '../support/scenario';

scenario(async () => {
  const received: string[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onAuth: ({ username, password }, _session, done) => {
      block();
      if (password === 'secret') done(null, { user: username! });
      else done(new Error('wrong password'));
    },
    onMailFrom: (_address, _session, done) => (block(), done()),
    onData: (stream, _session, done) => {
      let text = '';
      stream.on('data', (chunk: Buffer) => (block(), (text += chunk)));
      stream.on('end', () => {
        block();
        received.push(text);
        done();
      });
    },
  });
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  const { port } = server.server.address() as AddressInfo;
  const account = {
    host: '127.0.0.1',
    port,
    pool: true,
    maxConnections: 2,
    auth: { user: 'ada', pass: 'secret' },
  } as const;
  const transport = nodemailer.createTransport(account);
  transport.use('compile', (mail, done) => {
    block();
    mail.data.subject = `[case] ${mail.data.subject}`;
    done();
  });
  const sent = await Promise.all(
    [1, 2, 3].map((n) =>
      transport.sendMail({
        from: 'ada@example.org',
        to: 'bob@example.org',
        subject: `mail ${n}`,
        text: 'hello',
        attachments: [{ filename: 'a.bin', content: Buffer.alloc(20_000) }],
      }),
    ),
  );
  assert(sent.every(({ response }) => response.startsWith('250')));
  const subjects = received.map((text) => /^Subject: (.*)$/m.exec(text)![1]!.trim());
  assert.deepEqual(subjects.sort(), ['[case] mail 1', '[case] mail 2', '[case] mail 3']);
  transport.close();
  const wrong = nodemailer.createTransport({ ...account, pool: false, auth: { user: 'eve', pass: 'guess' } } as never);
  await assert.rejects(wrong.sendMail({ from: 'a@example.org', to: 'b@example.org' }), { code: 'EAUTH' });
  await new Promise<void>((resolve) => server.close(resolve));
});
