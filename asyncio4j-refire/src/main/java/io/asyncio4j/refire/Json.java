package io.asyncio4j.refire;

import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** Writes plans and summaries as JSON. */
final class Json {
  static final JsonFactory FACTORY = new JsonFactory();

  private Json() {}

  /** Returns an object, on one line, whose fields the writer gives. */
  static String object(Consumer<JsonGenerator> fields) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), text)) {
      json.writeStartObject();
      fields.accept(json);
      json.writeEndObject();
    }
    return text.toString();
  }

  static void plan(JsonGenerator json, Plan plan) {
    json.writeNumberProperty("lines", plan.lines());
    json.writeNumberProperty("read", plan.read());
    json.writeNumberProperty("unreadable", plan.unreadable());
    json.writeNumberProperty("empty", plan.empty());
    json.writeNumberProperty("failed", plan.failed());
    json.writeNumberProperty("already_marked", plan.alreadyMarked());
    json.writeNumberProperty("distinct", plan.distinct());
    json.writeNumberProperty("sendable", plan.sendable());
    json.writeObjectPropertyStart("refused");
    plan.refused().forEach((reason, count) -> json.writeNumberProperty(reason.id(), count));
    json.writeEndObject();
    json.writeObjectPropertyStart("refused_hosts");
    plan.refusedHosts().forEach(json::writeNumberProperty);
    json.writeEndObject();
    json.writeObjectPropertyStart("formats");
    plan.formats().forEach((format, count) -> json.writeNumberProperty(format.id(), count));
    json.writeEndObject();
    json.writeArrayPropertyStart("problems");
    plan.problems().forEach(json::writeString);
    json.writeEndArray();
  }

  static void summary(JsonGenerator json, Summary summary) {
    json.writeObjectPropertyStart("plan");
    plan(json, summary.plan());
    json.writeEndObject();
    json.writeNumberProperty("fired", summary.fired());
    json.writeNumberProperty("recovered", summary.recovered());
    json.writeNumberProperty("failing", summary.failing());
    json.writeNumberProperty("interrupted", summary.interrupted());
    json.writeNumberProperty("not_sent", summary.notSent());
    json.writeNumberProperty("unwritten", summary.unwritten());
    json.writeNumberProperty("attempts", summary.attempts());
    json.writeObjectPropertyStart("by_status");
    summary
        .byStatus()
        .forEach((status, count) -> json.writeNumberProperty(Integer.toString(status), count));
    json.writeEndObject();
    json.writeObjectPropertyStart("by_failure");
    summary.byFailure().forEach((kind, count) -> json.writeNumberProperty(kind.id(), count));
    json.writeEndObject();
    json.writeNumberProperty("elapsed_ms", millis(summary.elapsed()));
    json.writeNumberProperty("requests_per_second", round(summary.throughput()));
    Summary.Latencies latencies = summary.latencies();
    json.writeObjectPropertyStart("latency_ms");
    json.writeNumberProperty("count", latencies.count());
    json.writeNumberProperty("min", millis(latencies.min()));
    json.writeNumberProperty("mean", millis(latencies.mean()));
    json.writeNumberProperty("p50", millis(latencies.p50()));
    json.writeNumberProperty("p90", millis(latencies.p90()));
    json.writeNumberProperty("p99", millis(latencies.p99()));
    json.writeNumberProperty("max", millis(latencies.max()));
    json.writeEndObject();
    json.writeArrayPropertyStart("files");
    summary.files().stream().map(Path::toString).forEach(json::writeString);
    json.writeEndArray();
    if (summary.stopped().isPresent()) {
      json.writeStringProperty("stopped", summary.stopped().get());
    } else {
      json.writeNullProperty("stopped");
    }
    json.writeNumberProperty("exit_code", summary.exitCode());
  }

  /** Returns milliseconds with three digits after the point. */
  static double millis(Duration duration) {
    return round(duration.toNanos() / 1e6);
  }

  private static double round(double value) {
    return Math.round(value * 1000) / 1000.0;
  }
}
