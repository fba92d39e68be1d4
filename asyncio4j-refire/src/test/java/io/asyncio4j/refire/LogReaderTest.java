package io.asyncio4j.refire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LogReaderTest {
  private record Read(List<RawLine> lines, String problem) {}

  private static Read read(InputStream stream) throws IOException {
    List<RawLine> lines = new ArrayList<>();
    try (LogReader reader = new LogReader(stream)) {
      for (RawLine line = reader.next(); line != null; line = reader.next()) {
        lines.add(line);
      }
      String problem = reader.problem();
      return new Read(lines, problem == null ? "" : problem);
    }
  }

  private static Read read(byte[] bytes) throws IOException {
    return read(new ByteArrayInputStream(bytes));
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    }
    return out.toByteArray();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  @Test
  void next_allBytes_arePreserved() throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int i = 0; i < 256; i++) {
      all.write(i);
    }
    all.write(bytes("\r\nb\r\n\n\rc\n\r\nlast"));
    Read read = read(all.toByteArray());
    StringBuilder again = new StringBuilder();
    read.lines.forEach(line -> again.append(line.text()).append(line.ending()));
    assertThat(bytes(again.toString())).isEqualTo(all.toByteArray());
    assertThat(read.lines.stream().map(RawLine::number))
        .containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L);
    assertThat(read.lines.get(2)).isEqualTo(new RawLine(3, "b", "\r\n", 1, false));
    assertThat(read.lines.getLast()).isEqualTo(new RawLine(7, "last", "", 4, false));
  }

  @ParameterizedTest
  @CsvSource({"'', 0", "'\n', 1", "'a', 1", "'a\n', 1", "'a\nb', 2", "'\r', 1"})
  void next_ends_areNoLinesOfTheirOwn(String text, int lines) throws IOException {
    assertThat(read(bytes(text)).lines).hasSize(lines);
  }

  @Test
  void next_lineOverTheBound_isTruncatedAndItsLengthTold() throws IOException {
    String longLine = "x".repeat(LogReader.MAX_LINE + 5);
    String exact = "y".repeat(LogReader.MAX_LINE);
    Read read = read(bytes(longLine + "\n" + exact + "\nz\n"));
    assertThat(read.lines).hasSize(3);
    assertThat(read.lines.get(0).truncated()).isTrue();
    assertThat(read.lines.get(0).text()).hasSize(LogReader.MAX_LINE);
    assertThat(read.lines.get(0).length()).isEqualTo(LogReader.MAX_LINE + 5);
    assertThat(read.lines.get(1).truncated()).isFalse();
    assertThat(read.lines.get(1).text()).isEqualTo(exact);
    assertThat(read.lines.get(2).text()).isEqualTo("z");
  }

  @Test
  void next_gzipOfSeveralMembers_readsAllOfThem() throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.write(gzip(bytes("a\nb")));
    all.write(gzip(bytes("c\n")));
    all.write(gzip(bytes("d\n")));
    // A pipe gives a byte at a time and says that none is available.
    InputStream pipe =
        new FilterInputStream(new ByteArrayInputStream(all.toByteArray())) {
          @Override
          public int available() {
            return 0;
          }

          @Override
          public int read(byte[] target, int offset, int length) throws IOException {
            return super.read(target, offset, Math.min(length, 1));
          }
        };
    assertThat(read(pipe).lines.stream().map(RawLine::text)).containsExactly("a", "bc", "d");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4, 8, 100})
  void next_truncatedGzip_keepsWhatWasReadAndTellsTheError(int missing) throws IOException {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 20_000; i++) {
      text.append("line ").append(i * 7919L % 104729).append('\n');
    }
    byte[] whole = gzip(bytes(text.toString()));
    Read read = read(Arrays.copyOf(whole, whole.length - missing));
    assertThat(read.problem).isNotEmpty();
    StringBuilder again = new StringBuilder();
    read.lines.forEach(line -> again.append(line.text()).append(line.ending()));
    assertThat(text.toString()).startsWith(again.toString());
    assertThat(read.lines).hasSizeGreaterThan(18_000);
    RawLine last = read.lines.getLast();
    assertThat(last.cut()).isEqualTo(last.ending().isEmpty());
  }

  @Test
  void next_errorWhileReading_marksTheLineAsCut() throws IOException {
    InputStream broken =
        new InputStream() {
          private int count;

          @Override
          public int read() throws IOException {
            throw new IOException("never asked for single bytes");
          }

          @Override
          public int read(byte[] target, int offset, int length) throws IOException {
            if (count++ > 0) {
              throw new IOException("the disk is gone");
            }
            byte[] some = bytes("one\ntw");
            System.arraycopy(some, 0, target, offset, some.length);
            return some.length;
          }
        };
    Read read = read(broken);
    assertThat(read.problem).isEqualTo("the disk is gone");
    assertThat(read.lines)
        .containsExactly(new RawLine(1, "one", "\n", 3, false), new RawLine(2, "tw", "", 2, true));
  }

  @Test
  void open_brokenGzipHeader_isAnError() {
    byte[] broken = {0x1f, (byte) 0x8b, 99, 0, 0, 0, 0, 0, 0, 0, 0};
    assertThatThrownBy(() -> read(broken)).isInstanceOf(IOException.class);
  }

  @Test
  void next_singleByteOfGzipMagic_isPlainText() throws IOException {
    assertThat(read(new byte[] {0x1f}).lines).hasSize(1);
  }
}
