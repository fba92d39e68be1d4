// The row http-fanout with Node's http and an agent that keeps connections, or with --fetch: 64 requests at once.
'use strict';
const fs = require('fs');
const http = require('http');

const AT_ONCE = 64;
const BODY_BYTES = 1024;
const url = process.env.ASYNCIO4J_BENCH_URL;
const agent = new http.Agent({ keepAlive: true, maxSockets: AT_ONCE });

function withAgent() {
  return new Promise((resolve, reject) => {
    const request = http.get(url, { agent }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => resolve(Buffer.concat(chunks).length));
      response.on('error', reject);
    });
    request.on('error', reject);
  });
}

async function withFetch() {
  const response = await fetch(url);
  return (await response.arrayBuffer()).byteLength;
}

async function fanOut(get, size) {
  let next = 0;
  let received = 0;
  async function worker() {
    while (next < size) {
      next++;
      const bytes = await get();
      received += bytes;
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  if (received !== size * BODY_BYTES) {
    throw new Error(`${received} bytes came instead of ${size * BODY_BYTES}`);
  }
}

const now = () => Number(process.hrtime.bigint());

function cpu() {
  const { user, system } = process.cpuUsage();
  return (user + system) * 1000;
}

function print(line) {
  fs.writeSync(1, `${JSON.stringify(line)}\n`);
}

async function measure(row, get, size, warmUp, seconds) {
  const warm = now() + warmUp * 1e9;
  while (now() < warm) {
    await fanOut(get, size);
  }
  let least = 3;
  const end = now() + seconds * 1e9;
  while (least-- > 0 || now() < end) {
    const cpuBegin = cpu();
    const begin = now();
    await fanOut(get, size);
    print({ row, ops: size, ns: now() - begin, cpu_ns: cpu() - cpuBegin });
  }
  agent.destroy();
}

const fetching = process.argv.includes('--fetch');
const [row, size, warmUp, seconds] = process.argv.slice(2).filter((arg) => arg !== '--fetch');
const peer = fetching ? 'Node, fetch' : 'Node';
if (row === '--rows') {
  console.log('http-fanout');
} else if (row !== 'http-fanout') {
  console.error(`${peer} has no row ${row} in this program`);
  process.exitCode = 3;
} else {
  const library = fetching ? `fetch of undici ${process.versions.undici}` : 'http';
  print({ peer, version: `${library}, Node ${process.version.slice(1)}` });
  measure(row, fetching ? withFetch : withAgent, Number(size), Number(warmUp), Number(seconds));
}
