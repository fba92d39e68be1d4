package io.asyncio4j.dns;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolverProvider;

/**
 * The provider through which {@link InetAddress} looks names up, for the whole JVM: what a task of
 * a loop asks runs on another thread, so that a slow name server suspends that task and nobody
 * else. What any other thread asks goes straight to the JDK's own resolver, as without this
 * artifact.
 *
 * <p>The JDK finds it by {@link java.util.ServiceLoader} at the first look-up of the JVM, with the
 * context class loader of whoever makes that. One provider rules the whole JVM and stays. Where
 * this artifact is on the application's class path or module path, nothing has to be called; in a
 * container with class loaders of its own, call {@link #preload} before the first loop.
 *
 * <p>A look-up cannot be interrupted, as it cannot in the JDK: {@link InetAddress} remembers
 * failures for everybody, so one that were cut short for one task would fail others. A task that is
 * cancelled meanwhile waits for the answer, and is cancelled at its next suspension.
 *
 * <p>In portable mode any blocking call holds the loop, and so do look-ups.
 *
 * <p>Counterpart of {@code loop.getaddrinfo}, but for every library, by its own blocking calls.
 */
public final class OffLoopResolverProvider extends InetAddressResolverProvider {
  private static volatile boolean installed;

  /** Creates the provider; for the JDK. */
  public OffLoopResolverProvider() {}

  @Override
  public InetAddressResolver get(Configuration configuration) {
    installed = true;
    return new OffLoopResolver(configuration.builtinResolver());
  }

  @Override
  public String name() {
    return "asyncio4j";
  }

  /**
   * Has the JDK choose its resolver now, with this class's class loader in place of the context
   * class loader. Looks up {@code localhost}. May be called by any thread that may block; calling
   * it again has no effect.
   *
   * @throws IllegalStateException if the JVM has another resolver, chosen by an earlier look-up or
   *     named first
   */
  public static void preload() {
    Thread caller = Thread.currentThread();
    ClassLoader before = caller.getContextClassLoader();
    caller.setContextClassLoader(OffLoopResolverProvider.class.getClassLoader());
    try {
      InetAddress.getAllByName("localhost");
    } catch (UnknownHostException e) {
      throw new IllegalStateException("localhost has no address on this machine", e);
    } finally {
      caller.setContextClassLoader(before);
    }
    if (!installed) {
      throw new IllegalStateException(
          "this JVM looks names up with another resolver, which was chosen before; call preload()"
              + " at the start of the program, and keep other InetAddressResolverProviders off it");
    }
  }

  /**
   * Tells whether this JVM looks names up through this provider.
   *
   * @return true from the first look-up of the JVM on, if the JDK chose this provider then
   */
  public static boolean isInstalled() {
    return installed;
  }
}
