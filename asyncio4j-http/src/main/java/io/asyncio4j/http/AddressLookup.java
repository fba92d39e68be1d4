package io.asyncio4j.http;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** A blocking look-up of a host's addresses. */
@FunctionalInterface
interface AddressLookup {
  InetAddress[] lookup(String host) throws UnknownHostException;
}
