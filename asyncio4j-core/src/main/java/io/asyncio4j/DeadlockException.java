package io.asyncio4j;

/**
 * Thrown by a run whose tasks can never go on.
 *
 * <p>Counterpart of nothing in asyncio, where such a program hangs.
 */
public final class DeadlockException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  private final transient DeadlockReport report;

  /**
   * Creates an exception whose message is the report's text.
   *
   * @param report the finding
   */
  public DeadlockException(DeadlockReport report) {
    super(report.text());
    this.report = report;
  }

  /**
   * Returns what was found.
   *
   * @return the report
   */
  public DeadlockReport report() {
    return report;
  }
}
