package io.asyncio4j.refire;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What was read and what would be sent. {@code lines == read + unreadable + empty}, {@code failed}
 * is part of {@code read}, and {@code distinct == sendable + the sum of refused}.
 *
 * @param lines lines in all logs
 * @param read lines that could be read
 * @param unreadable lines that could not be read
 * @param empty lines with nothing on them
 * @param failed lines whose status was chosen
 * @param alreadyMarked those of the failed lines that an earlier run had marked
 * @param distinct requests that these lines stand for
 * @param sendable requests that will be sent
 * @param refused how many requests will not be sent, by reason, in the order of {@link Refusal}
 * @param formats how many lines were read in each format, in the order of {@link LogFormat}
 * @param refusedHosts the hosts that would have to be allowed, with the number of requests that
 *     each stands for; the first {@value #MAX_HOSTS} hosts met
 * @param problems what kept a log from being read to its end, one sentence each
 */
public record Plan(
    long lines,
    long read,
    long unreadable,
    long empty,
    long failed,
    long alreadyMarked,
    long distinct,
    long sendable,
    Map<Refusal, Long> refused,
    Map<LogFormat, Long> formats,
    Map<String, Long> refusedHosts,
    List<String> problems) {
  /** The most hosts that {@link #refusedHosts} names. */
  public static final int MAX_HOSTS = 20;

  /** Copies the collections, which keep their order. */
  public Plan {
    refused = Collections.unmodifiableMap(new LinkedHashMap<>(refused));
    formats = Collections.unmodifiableMap(new LinkedHashMap<>(formats));
    refusedHosts = Collections.unmodifiableMap(new LinkedHashMap<>(refusedHosts));
    problems = List.copyOf(problems);
  }

  /** Returns how many requests will not be sent, for whatever reason. */
  public long refusedTotal() {
    return refused.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Returns the plan as a JSON object on one line. */
  public String toJson() {
    return Json.object(json -> Json.plan(json, this));
  }
}
