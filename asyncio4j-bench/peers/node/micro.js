// The micro rows of ./bench with Node's promises. A yield is an await of nothing, which lets other promises go on but
// neither I/O nor timers; with --immediate it is setImmediate, which lets them, as asyncio's sleep(0) does.
'use strict';
const fs = require('fs');
const { Worker } = require('worker_threads');

const DAY = 86400 * 1000;
const CANCELLED = new Error('cancelled');
const immediate = process.argv.includes('--immediate');
const pause = immediate ? () => new Promise(setImmediate) : () => undefined;

async function switches(size) {
  let count = 0;
  async function task() {
    for (let i = 0; i < size / 2; i++) {
      await pause();
      count++;
    }
  }
  await Promise.all([task(), task()]);
  check(size, count);
}

function future() {
  const made = {};
  made.promise = new Promise((resolve) => (made.resolve = resolve));
  return made;
}

async function wake(size) {
  const futures = [future(), future()];
  async function task(me) {
    let last = 0;
    for (let i = 0; i < size / 2; i++) {
      last = (await futures[me].promise) + 1;
      futures[me] = future();
      futures[1 - me].resolve(last);
    }
    return last;
  }
  futures[0].resolve(0);
  check(size, (await Promise.all([task(0), task(1)]))[1]);
}

async function gather(size) {
  const task = async (number) => number;
  checkSum(size, await Promise.all(Array.from({ length: size }, (_, i) => task(i))));
}

async function gatherSleep0(size) {
  async function task(number) {
    await pause();
    return number;
  }
  checkSum(size, await Promise.all(Array.from({ length: size }, (_, i) => task(i))));
}

// Node has no queue of its own; this is the usual one, bounded if it has a limit.
class Queue {
  constructor(limit = Infinity) {
    this.limit = limit;
    this.items = [];
    this.first = 0;
    this.getters = [];
    this.putters = [];
  }

  async put(item) {
    while (this.items.length - this.first >= this.limit) {
      await new Promise((resolve) => this.putters.push(resolve));
    }
    this.items.push(item);
    this.getters.shift()?.();
  }

  async get() {
    while (this.items.length === this.first) {
      await new Promise((resolve) => this.getters.push(resolve));
    }
    const item = this.items[this.first++];
    if (this.first > 1000) {
      this.items.splice(0, this.first);
      this.first = 0;
    }
    this.putters.shift()?.();
    return item;
  }
}

async function pingpong(size) {
  const there = new Queue();
  const back = new Queue();
  async function ping() {
    let last = 0;
    for (let i = 0; i < size; i++) {
      await there.put(last);
      last = await back.get();
    }
    return last;
  }
  async function pong() {
    for (let i = 0; i < size; i++) {
      await back.put((await there.get()) + 1);
    }
  }
  check(size, (await Promise.all([ping(), pong()]))[0]);
}

async function producerConsumer(size) {
  const queue = new Queue(100);
  async function producer() {
    for (let i = 0; i < size; i++) {
      await queue.put(i);
    }
    await queue.put(null);
  }
  async function consumer() {
    let sum = 0;
    for (let item = await queue.get(); item !== null; item = await queue.get()) {
      sum += item;
    }
    return sum;
  }
  check((size * (size - 1)) / 2, (await Promise.all([producer(), consumer()]))[1]);
}

async function timers(size) {
  // In whole milliseconds, which is all that Node's timers know.
  const sleep = (millis, result) => new Promise((resolve) => setTimeout(resolve, millis, result));
  const tasks = Array.from({ length: size }, (_, i) => sleep(Math.ceil((100 * (i + 1)) / size), i));
  checkSum(size, await Promise.all(tasks));
}

async function semaphore(size) {
  let free = 10;
  let count = 0;
  const waiting = [];
  async function acquire() {
    if (free > 0) {
      free--;
    } else {
      await new Promise((resolve) => waiting.push(resolve));
    }
  }
  function release() {
    const next = waiting.shift();
    if (next) {
      next();
    } else {
      free++;
    }
  }
  async function task() {
    for (let i = 0; i < size / 1000; i++) {
      await acquire();
      await pause();
      count++;
      release();
    }
  }
  await Promise.all(Array.from({ length: 1000 }, task));
  check(size, count);
}

// The sleeper of which the least is asked: an AbortSignal costs Node many times as much.
function startSleepers(size) {
  return Array.from({ length: size }, () => {
    const sleeper = {};
    sleeper.result = new Promise((resolve, reject) => {
      const timer = setTimeout(resolve, DAY);
      sleeper.cancel = () => {
        clearTimeout(timer);
        reject(CANCELLED);
      };
    });
    return sleeper;
  });
}

async function cancelAll(sleepers) {
  const ended = Promise.allSettled(sleepers.map((sleeper) => sleeper.result));
  sleepers.forEach((sleeper) => sleeper.cancel());
  const cancelled = (await ended).filter((result) => result.reason === CANCELLED);
  check(sleepers.length, cancelled.length);
}

async function cancel(size, clock) {
  const sleepers = startSleepers(size);
  clock.start();
  await cancelAll(sleepers);
  clock.stop();
}

const HAND_OVER = `
  const { parentPort, workerData } = require('worker_threads');
  parentPort.postMessage('ready');
  Atomics.wait(workerData.gate, 0, 0);
  for (let i = 0; i < workerData.count; i++) parentPort.postMessage(1);
`;

async function threadsafe(size, clock) {
  const gate = new Int32Array(new SharedArrayBuffer(4));
  const workers = Array.from(
    { length: 4 },
    () => new Worker(HAND_OVER, { eval: true, workerData: { gate, count: size / 4 } }),
  );
  await Promise.all(workers.map((worker) => new Promise((resolve) => worker.once('message', resolve))));
  const done = future();
  let count = 0;
  function received() {
    if (++count === size) {
      done.resolve();
    }
  }
  workers.forEach((worker) => worker.on('message', received));
  clock.start();
  Atomics.store(gate, 0, 1);
  Atomics.notify(gate, 0);
  await done.promise;
  clock.stop();
  await Promise.all(workers.map((worker) => worker.terminate()));
}

async function asleep(size, clock) {
  const before = memory();
  clock.start();
  const sleepers = startSleepers(size);
  clock.stop();
  const after = memory();
  clock.bytes = after.heapUsed + after.external - before.heapUsed - before.external;
  clock.rss = after.rss - before.rss;
  await cancelAll(sleepers);
}

// ---- measuring

function check(expected, actual) {
  if (expected !== actual) {
    throw new Error(`the round gave ${actual} instead of ${expected}`);
  }
}

function checkSum(size, results) {
  check((size * (size - 1)) / 2, results.reduce((sum, result) => sum + result, 0));
}

function memory() {
  global.gc(); // node --expose-gc
  return process.memoryUsage();
}

const now = () => Number(process.hrtime.bigint());

function cpu() {
  const { user, system } = process.cpuUsage();
  return (user + system) * 1000;
}

class Clock {
  constructor() {
    this.bytes = 0;
    this.start();
  }

  start() {
    this.cpuBegin = cpu();
    this.begin = now();
  }

  stop() {
    this.end = now();
    this.cpuEnd = cpu();
  }
}

async function timed(work, size) {
  const clock = new Clock();
  await work(size, clock);
  if (!clock.end) {
    clock.stop();
  }
  return clock;
}

function print(line) {
  fs.writeSync(1, `${JSON.stringify(line)}\n`);
}

async function measure(row, size, warmUp, seconds) {
  const many = 1_000_000; // a round of so many is done once, after a warm-up with fewer
  const begin = now(); // 30 rounds at least, in no more than four times the time
  for (let rounds = 0, passed = 0; passed < warmUp * 1e9 || (rounds < 30 && passed < 4e9 * warmUp); rounds++) {
    await timed(ROWS[row], size < many ? size : 10_000);
    passed = now() - begin;
  }
  let least = size < many ? 3 : 1;
  const end = now() + seconds * 1e9;
  while (least-- > 0 || now() < end) {
    const clock = await timed(ROWS[row], size);
    const line = { row, ops: size, ns: clock.end - clock.begin, cpu_ns: clock.cpuEnd - clock.cpuBegin };
    print(clock.bytes ? { ...line, bytes: clock.bytes, rss: clock.rss } : line);
  }
}

const WITH_YIELD = { switch: switches, 'gather-sleep0': gatherSleep0, semaphore };
const WITHOUT = { wake, gather, pingpong, 'producer-consumer': producerConsumer, timers, cancel, threadsafe, asleep };
const ROWS = immediate ? WITH_YIELD : { ...WITH_YIELD, ...WITHOUT };

const [row, size, warmUp, seconds] = process.argv.slice(2).filter((arg) => arg !== '--immediate');
const peer = immediate ? 'Node, setImmediate' : 'Node';
if (row === '--rows') {
  console.log(Object.keys(ROWS).join('\n'));
} else if (!(row in ROWS)) {
  console.error(`${peer} has no row ${row}`);
  process.exitCode = 3;
} else {
  print({ peer, version: process.version.slice(1) });
  measure(row, Number(size), Number(warmUp), Number(seconds));
}
