package io.asyncio4j.refire;

import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamWriteFeature;

/**
 * The files that tell what became of each request: the log of what was fired, and the results.
 *
 * <p>The writes are made by the calling thread, hence by the loop's: an entry is small, and when it
 * is written it is out of the process's hands.
 */
final class Records implements Closeable {
  private final RefireOptions options;
  private final FailedRequests requests;
  private final @Nullable OutFile out;
  private final @Nullable OutFile results;

  /** Writes to files that were created; null for one that is not wanted. */
  Records(
      RefireOptions options,
      FailedRequests requests,
      @Nullable OutFile out,
      @Nullable OutFile results) {
    this.options = options;
    this.requests = requests;
    this.out = out;
    this.results = results;
  }

  /**
   * Creates the files: the log if there is something to fire, the results if they are asked for.
   *
   * @throws IOException if one cannot be created
   */
  static Records create(RefireOptions options, FailedRequests requests, boolean anythingToFire)
      throws IOException {
    OutFile results =
        options.results().isPresent()
            ? new OutFile(options.results().get(), options.overwrite())
            : null;
    try {
      OutFile out = null;
      if (anythingToFire) {
        out = new OutFile(options.outFile(), options.overwrite());
      } else {
        OutputFiles.removeStale(options.outFile(), options);
      }
      return new Records(options, requests, out, results);
    } catch (IOException e) {
      if (results != null) {
        results.close();
      }
      throw e;
    }
  }

  /** Returns the files that were created. */
  List<Path> files() {
    List<Path> files = new ArrayList<>();
    if (out != null) {
      files.add(out.path());
    }
    if (results != null) {
      files.add(results.path());
    }
    return files;
  }

  /**
   * Adds the line of a request that was fired to the log.
   *
   * @throws IOException if it cannot be written
   */
  void log(FailedRequests.Failed failed, LogLine line, Outcome outcome) throws IOException {
    if (out == null) {
      throw new IllegalStateException("a request was fired, but there was none to fire");
    }
    RawLine first = failed.first();
    String ending = first.ending().endsWith("\n") ? first.ending() : first.ending() + "\n";
    byte[] bytes =
        (line.rewritten(outcome.answer()) + ending).getBytes(StandardCharsets.ISO_8859_1);
    append(out, stream -> stream.write(bytes));
  }

  /**
   * Adds the result of a request, fired or not.
   *
   * @throws IOException if it cannot be written
   */
  void result(FailedRequests.Failed failed, LogLine line, Sending sending, Outcome outcome)
      throws IOException {
    if (results == null) {
      return;
    }
    append(
        results,
        stream -> {
          JsonGenerator json = Json.FACTORY.createGenerator(ObjectWriteContext.empty(), stream);
          json.configure(StreamWriteFeature.AUTO_CLOSE_TARGET, false);
          json.configure(StreamWriteFeature.FLUSH_PASSED_TO_STREAM, false);
          write(json, failed, line, sending, outcome);
          json.flush();
          stream.write('\n');
        });
  }

  private static void append(OutFile file, OutFile.Entry entry) throws IOException {
    try {
      file.append(entry);
    } catch (IOException e) {
      throw new IOException(
          "writing %s failed: %s".formatted(file.path(), Problems.describe(e)), e);
    } catch (JacksonException e) {
      throw new IOException("writing %s failed: %s".formatted(file.path(), cause(e)), e);
    }
  }

  private static String cause(JacksonException e) {
    return e.getCause() instanceof IOException io
        ? Problems.describe(io)
        : String.valueOf(e.getMessage());
  }

  private void write(
      JsonGenerator json,
      FailedRequests.Failed failed,
      LogLine line,
      Sending sending,
      Outcome outcome)
      throws IOException {
    json.writeStartObject();
    switch (sending) {
      case Sending.Send send -> {
        json.writeStringProperty("method", send.method());
        json.writeStringProperty("url", send.url());
      }
      case Sending.Refused refused -> {
        json.writeStringProperty("method", refused.method());
        json.writeStringProperty("url", refused.url());
      }
    }
    json.writeStringProperty("outcome", outcome.kind().id());
    status(json, "old_status", line.status());
    status(json, "status", outcome.status());
    FailureKind failure = outcome.failure();
    string(json, "failure", failure == null ? "" : failure.id());
    string(json, "reason", outcome.reason());
    json.writeNumberProperty("attempts", outcome.attempts());
    if (outcome.attempts() == 0) {
      json.writeNullProperty("latency_ms");
    } else {
      json.writeNumberProperty("latency_ms", Json.millis(outcome.took()));
    }
    json.writeNumberProperty("count", failed.count());
    json.writeArrayPropertyStart("lines");
    Places places = new Places(json);
    requests.visitPlaces(failed.id(), places);
    places.end();
    json.writeEndArray();
    json.writeEndObject();
  }

  /** Writes the places of lines, those of one log together. */
  private final class Places implements FailedRequests.PlaceVisitor {
    private final JsonGenerator json;
    private int current = -1;

    private Places(JsonGenerator json) {
      this.json = json;
    }

    @Override
    public void visit(int file, long number) {
      if (file != current) {
        end();
        json.writeStartObject();
        json.writeStringProperty("file", options.logs().get(file));
        json.writeArrayPropertyStart("numbers");
        current = file;
      }
      json.writeNumber(number);
    }

    private void end() {
      if (current >= 0) {
        json.writeEndArray();
        json.writeEndObject();
      }
    }
  }

  private static void status(JsonGenerator json, String name, int status) {
    if (status == LogLine.NO_STATUS) {
      json.writeNullProperty(name);
    } else {
      json.writeNumberProperty(name, status);
    }
  }

  private static void string(JsonGenerator json, String name, String value) {
    if (value.isEmpty()) {
      json.writeNullProperty(name);
    } else {
      json.writeStringProperty(name, value);
    }
  }

  @Override
  public void close() throws IOException {
    try (out;
        results) {
      // Nothing is buffered: what was added is written.
    }
  }
}
