package io.asyncio4j;

/** What JMX offers of the loops of a JVM. */
public interface EventLoopsMXBean {
  /**
   * Returns a table of the pending tasks of all loops.
   *
   * @return what {@link EventLoops#table()} returns
   */
  String ps();

  /**
   * Returns the pending tasks of all loops as trees.
   *
   * @return what {@link EventLoops#tree()} returns
   */
  String pstree();
}
