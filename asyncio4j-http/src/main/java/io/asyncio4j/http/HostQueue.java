package io.asyncio4j.http;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.SequencedSet;

/** The connections to one origin, and the exchanges that wait for one. */
final class HostQueue {
  static final long NOT_READY = -1;

  final Origin origin;

  /** In the order in which they came. */
  final SequencedSet<Exchange> waiting = new LinkedHashSet<>();

  /** The one used last is last, and is used first: the others may then grow old and be closed. */
  final Deque<Connection> idle = new ArrayDeque<>();

  int open;

  /** The ticket under which this host stands among those that may open a connection. */
  long readyTicket = NOT_READY;

  HostQueue(Origin origin) {
    this.origin = origin;
  }

  boolean isUnused() {
    return open == 0 && waiting.isEmpty();
  }
}
