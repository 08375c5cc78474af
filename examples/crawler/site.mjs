// A small site on this machine, with a page that is slow, one that never comes, and a link to nowhere.
import http from 'node:http';

import { waitEvent } from 'unblock';

const pages = {
  '/': ['/about', '/news', '/shop'],
  '/about': ['/', '/team'],
  '/news': ['/news/1', '/news/2', '/news/3'],
  '/news/1': ['/news'],
  '/news/2': ['/gone'],
  '/news/3': [],
  '/shop': ['/shop/slow', '/shop/stuck'],
  '/shop/slow': ['/shop/back'],
  '/shop/back': [],
  '/shop/stuck': ['/never/seen'],
  '/team': [],
};

/** Starts the site; returns its address and how to stop it. */
export function startSite() {
  const server = http.createServer(({ url }, response) => {
    const links = pages[url];
    if (url === '/shop/stuck') return;
    response.statusCode = links === undefined ? 404 : 200;
    const body = (links ?? []).map((link) => `<a href="${link}">${link}</a>`).join('\n');
    setTimeout(() => response.end(body), url === '/shop/slow' ? 50 : 1);
  });
  server.listen(0, '127.0.0.1');
  waitEvent(server, 'listening');
  const stop = () => {
    server.close();
    server.closeAllConnections();
  };
  return { address: `http://127.0.0.1:${server.address().port}`, stop };
}
