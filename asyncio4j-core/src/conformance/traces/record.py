"""Records what CPython's asyncio does in random programs, as RecordedProgramsTest wants it.

Usage: python3.13 record.py SEED COUNT >programs.txt
Programs whose tasks wait for each other in a circle, and overlong ones, are left out; of the others the most varied are taken.
"""
import asyncio, collections, heapq, itertools, random, re, sys


def gen(rng, depth, n):
    out = []
    for _ in range(n):
        out.append(op(rng, depth))
    return out


def blk(rng, d, lo=1, hi=3):
    return ['do'] + gen(rng, d - 1, rng.randint(lo, hi))


def op(rng, d):
    simple = ['sleep'] * 5 + ['await', 'cancel', 'awaitf', 'setf', 'failf', 'cancelf', 'raise', 'mark', 'eset', 'eclr', 'ewait', 'put', 'get', 'putn', 'getn', 'self', 'uncancel', 'shield', 'shieldf', 'wait', 'waitt', 'asc', 'wff', 'status', 'ret', 'cb', 'tdone']
    deep = ['gather', 'gatherr', 'gathert', 'timeout', 'timeout', 'waitfor', 'group', 'group', 'try', 'tryc', 'tryc', 'fin', 'lock', 'sem', 'spawn', 'gcancel']
    k = rng.choice(simple + deep * 2) if d > 0 else rng.choice(simple)
    r = lambda a, b: rng.randint(a, b)
    if k == 'sleep':
        return ['sleep', r(0, 4)]
    if k in ('await', 'cancel', 'shield'):
        return [k, r(0, 7)]
    if k in ('awaitf', 'setf', 'failf', 'cancelf', 'shieldf'):
        return [k, r(0, 3)]
    if k == 'raise':
        return ['raise', r(0, 99)]
    if k == 'wait':
        return ['wait', r(0, 2), ['l'] + [r(0, 7) for _ in range(r(1, 3))], r(-1, 4)]
    if k == 'waitt':
        return ['wait', r(0, 2), ['l'] + [r(0, 7) for _ in range(r(1, 3))], r(0, 4)]
    if k == 'asc':
        return ['asc', ['l'] + [r(0, 7) for _ in range(r(1, 3))], r(-1, 4)]
    if k == 'wff':
        return ['wff', r(0, 7), r(0, 4)]
    if k in ('gather', 'gatherr'):
        return [k] + [blk(rng, d) for _ in range(r(0, 3))]
    if k == 'gathert':
        return [k, r(0, 1)] + [r(0, 7) for _ in range(r(1, 3))]
    if k == 'gcancel':
        return [k, r(0, 3)] + [blk(rng, d) for _ in range(r(1, 3))]
    if k == 'timeout':
        return [k, r(0, 4), blk(rng, d)]
    if k == 'waitfor':
        return [k, r(1, 4), blk(rng, d)]
    if k == 'group':
        return [k, blk(rng, d, 0, 2)] + [blk(rng, d) for _ in range(r(0, 3))]
    if k in ('try', 'tryc', 'fin'):
        return [k, blk(rng, d), blk(rng, d, 0, 2)]
    if k in ('lock', 'sem', 'spawn'):
        return [k, blk(rng, d)]
    return [k]


def s(x):
    return '(' + ' '.join(map(s, x)) + ')' if isinstance(x, list) else str(x)


class OrderedTimer(asyncio.TimerHandle):
    seq = itertools.count()

    def __init__(s, *a):
        super().__init__(*a)
        s.n = next(OrderedTimer.seq)

    def __lt__(s, o):
        return (s._when, s.n) < (o._when, o.n)


class OrderedSet(dict):

    def add(s, x):
        s[x] = 1

    def discard(s, x):
        s.pop(x, None)

    def __iter__(s):
        return iter(list(s.keys()))


class VirtualTimeLoop(asyncio.SelectorEventLoop):

    def __init__(self):
        super().__init__()
        self._t = 0.0
        orig = self._selector.select

        def select(timeout):
            if timeout is None:
                raise RuntimeError('deadlock')
            if timeout > 0:
                self._t += timeout
                self._t = float(round(self._t))
            return orig(0)
        self._selector.select = select

    def call_at(self, when, callback, *args, context=None):
        t = OrderedTimer(when, callback, args, self, context)
        heapq.heappush(self._scheduled, t)
        t._scheduled = True
        return t

    def time(self):
        return self._t


def parse(txt):
    stack = [[]]
    for t in re.findall('\\(|\\)|[^\\s()]+', txt):
        if t == '(':
            stack.append([])
        elif t == ')':
            x = stack.pop()
            stack[-1].append(x)
        else:
            stack[-1].append(int(t) if re.fullmatch('-?\\d+', t) else t)
    return stack[0][0]


class ProgramError(Exception):
    pass


def ename(e):
    if isinstance(e, asyncio.CancelledError):
        return 'C'
    if isinstance(e, ProgramError):
        return 'E%s' % e.args[0]
    if isinstance(e, TimeoutError):
        return 'T'
    if isinstance(e, BaseExceptionGroup):
        return 'G[' + ','.join((ename(x) for x in e.exceptions)) + ']'
    if isinstance(e, asyncio.InvalidStateError):
        return 'I'
    if isinstance(e, asyncio.QueueEmpty):
        return 'QE'
    if isinstance(e, asyncio.QueueFull):
        return 'QF'
    if isinstance(e, (RuntimeError, ValueError)):
        return 'R'
    return repr(e)


def state(f):
    if not f.done():
        return 'P'
    if f.cancelled():
        return 'X'
    e = f.exception()
    return 'S' if e is None else 'F:' + ename(e)


class Program:

    def __init__(s, prog, loop):
        s.log = []
        s.prog = prog
        s.loop = loop
        s.tasks = []
        s.all = []

    def m(s, t):
        s.log.append('%d:%s' % (s.loop.time(), t))

    def spawn(s, b, reg=True, maker=None):
        n = len(s.all)
        name = 't%d' % n
        s.all.append(None)
        t = (maker or asyncio.create_task)(s.body(name, b), name=name)
        s.all[n] = t
        if reg:
            s.tasks.append(t)
        return t

    async def body(s, name, b):
        s.m(name + ' begin')
        try:
            await s.run(name, b)
            s.m(name + ' end')
            return name
        except BaseException as e:
            s.m(name + ' raises ' + ename(e))
            raise

    def t(s, k):
        t = s.tasks[k % len(s.tasks)]
        if t is asyncio.current_task():
            raise ProgramError('self')
        return t

    def f(s, k):
        if s.futs[k].done():
            s.futs[k] = s.loop.create_future()
        return s.futs[k]

    async def run(s, me, b):
        for o in b[1:]:
            await s.op(me, o)

    async def child(s, me, b):
        await s.run(me, b)
        return me

    async def op(s, me, o):
        k = o[0]
        s.m(me + ' ' + k)
        if k == 'sleep':
            await asyncio.sleep(o[1])
        elif k == 'await':
            await s.t(o[1])
            s.m(me + ' got')
        elif k == 'cancel':
            s.m(me + ' cancelled %s' % s.t(o[1]).cancel())
        elif k == 'awaitf':
            await s.f(o[1])
        elif k == 'setf':
            if not s.futs[o[1]].done():
                s.futs[o[1]].set_result(1)
        elif k == 'failf':
            if not s.futs[o[1]].done():
                s.futs[o[1]].set_exception(ProgramError('f'))
        elif k == 'cancelf':
            s.m(me + ' %s' % s.futs[o[1]].cancel())
        elif k == 'raise':
            raise ProgramError(o[1])
        elif k == 'mark':
            pass
        elif k == 'ret':
            pass
        elif k == 'eset':
            s.ev.set()
        elif k == 'eclr':
            s.ev.clear()
        elif k == 'ewait':
            await s.ev.wait()
        elif k == 'put':
            await s.q.put(me)
        elif k == 'get':
            s.m(me + ' got ' + await s.q.get())
        elif k == 'putn':
            s.q.put_nowait(me)
        elif k == 'getn':
            s.m(me + ' got ' + s.q.get_nowait())
        elif k == 'tdone':
            s.q.task_done()
        elif k == 'self':
            asyncio.current_task().cancel()
        elif k == 'uncancel':
            s.m(me + ' %d' % asyncio.current_task().uncancel())
        elif k == 'shield':
            await asyncio.shield(s.t(o[1]))
        elif k == 'shieldf':
            await asyncio.shield(s.f(o[1]))
        elif k == 'cb':
            s.loop.call_soon(lambda: s.m(me + ' callback'))
        elif k == 'status':
            s.m(me + ' ' + ' '.join((state(t) + str(t.cancelling()) for t in s.tasks)))
        elif k == 'wait':
            ts = [s.t(x) for x in o[2][1:]]
            mode = [asyncio.FIRST_COMPLETED, asyncio.FIRST_EXCEPTION, asyncio.ALL_COMPLETED][o[1]]
            d, p = await asyncio.wait(set(ts), timeout=None if o[3] < 0 else o[3], return_when=mode)
            s.m(me + ' done ' + ','.join(sorted((t.get_name() for t in d))))
        elif k == 'asc':
            ts = [s.t(x) for x in o[1][1:]]
            uniq = list(dict.fromkeys(ts))
            if len(uniq) > 1 and sum((t.done() for t in uniq)) > 1:
                return
            async for f in asyncio.as_completed(uniq, timeout=None if o[2] < 0 else o[2]):
                s.m(me + ' next ' + f.get_name())
        elif k == 'wff':
            await asyncio.wait_for(s.t(o[1]), o[2])
        elif k == 'gather':
            r = await asyncio.gather(*[s.spawn(b, False) for b in o[1:]])
            s.m(me + ' ' + ','.join(r))
        elif k == 'gatherr':
            r = await asyncio.gather(*[s.spawn(b, False) for b in o[1:]], return_exceptions=True)
            s.m(me + ' ' + ','.join((ename(x) if isinstance(x, BaseException) else x for x in r)))
        elif k == 'gathert':
            r = await asyncio.gather(*[s.t(x) for x in o[2:]], return_exceptions=bool(o[1]))
            s.m(me + ' ' + ','.join((ename(x) if isinstance(x, BaseException) else x for x in r)))
        elif k == 'gcancel':
            g = asyncio.gather(*[s.spawn(b, False) for b in o[2:]])
            s.loop.call_later(o[1], lambda: s.m(me + ' gcancel %s' % g.cancel()))
            await g
        elif k == 'timeout':
            async with asyncio.timeout(o[1]) as cm:
                await s.run(me, o[2])
            s.m(me + ' expired %s' % cm.expired())
        elif k == 'waitfor':
            s.m(me + ' ' + await asyncio.wait_for(s.child(me, o[2]), o[1]))
        elif k == 'group':
            async with asyncio.TaskGroup() as g:
                g._tasks = OrderedSet()
                for b in o[2:]:
                    s.spawn(b, False, g.create_task)
                await s.run(me, o[1])
        elif k == 'try':
            try:
                await s.run(me, o[1])
            except Exception as e:
                s.m(me + ' caught ' + ename(e))
                await s.run(me, o[2])
        elif k == 'tryc':
            try:
                await s.run(me, o[1])
            except asyncio.CancelledError as e:
                s.m(me + ' caught ' + ename(e))
                await s.run(me, o[2])
        elif k == 'fin':
            try:
                await s.run(me, o[1])
            finally:
                await s.run(me, o[2])
        elif k == 'lock':
            async with s.lock:
                await s.run(me, o[1])
        elif k == 'sem':
            async with s.sem:
                await s.run(me, o[1])
        elif k == 'spawn':
            s.spawn(o[1])
        else:
            raise AssertionError(k)

    async def main(s):
        s.futs = [s.loop.create_future() for _ in range(4)]
        s.ev = asyncio.Event()
        s.q = asyncio.Queue(2)
        s.lock = asyncio.Lock()
        s.sem = asyncio.Semaphore(2)
        for b in s.prog[1:]:
            s.spawn(b)
        for rnd in range(3):
            await asyncio.sleep(60)
            s.m('round ' + ' '.join((state(t) + str(t.cancelling()) for t in s.all)))
            for t in list(s.all):
                t.cancel()
        s.m('futs ' + ' '.join((state(f) for f in s.futs)) + ' q%d %s %s' % (s.q.qsize(), s.lock.locked(), s.sem.locked()))


def record(text):
    loop = VirtualTimeLoop()
    loop.set_exception_handler(lambda *a: None)
    program = Program(parse(text), loop)
    try:
        loop.run_until_complete(program.main())
    except BaseException as e:
        program.m('MAIN ' + repr(e))
    loop._ready.clear()
    for t in asyncio.all_tasks(loop):
        t._log_destroy_pending = False
    loop.close()
    return '|'.join(program.log)


def main(seed, count):
    recorded = []
    for i in range(count * 13):
        rng = random.Random(seed * 1000003 + i)
        text = s(['prog'] + [['do'] + gen(rng, rng.randint(0, 3), rng.randint(1, 5)) for _ in range(rng.randint(1, 5))])
        trace = record(text)
        if not re.search('MAIN|Recursion|9[0-9]{2}[ |]', trace) and 250 < len(trace) < 750:
            recorded.append((text, trace))
    seen = collections.Counter()
    print('# Random programs, each a line, and behind each what CPython %s did in it. Made by record.py.' % sys.version.split()[0])
    for _ in range(count):
        operations = lambda x: set(re.findall('\\((\\w+)', x[0]))
        best = max(recorded, key=lambda x: sum((1 / (1 + seen[o]) for o in operations(x))) / (200 + len(x[1])))
        recorded.remove(best)
        seen.update(operations(best))
        print(best[0])
        print(best[1])
main(int(sys.argv[1]), int(sys.argv[2]))
