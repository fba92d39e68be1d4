package io.asyncio4j.conformance;

import static io.asyncio4j.Asyncio.createTask;
import static io.asyncio4j.Asyncio.sleep;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.time.Duration.ZERO;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asyncio4j.EventLoop;
import io.asyncio4j.IncompleteReadException;
import io.asyncio4j.LimitOverrunException;
import io.asyncio4j.StreamReader;
import io.asyncio4j.Task;
import io.asyncio4j.testing.TestLoop;
import java.io.IOException;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What CPython's {@code test_streams.py} means for readers. */
class StreamReaderConformanceTest {
  @RegisterExtension final TestLoop loop = new TestLoop();

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, UTF_8);
  }

  private static StreamReader fed(String... chunks) {
    StreamReader reader = new StreamReader();
    for (String chunk : chunks) {
      reader.feedData(bytes(chunk));
    }
    return reader;
  }

  private static void soon(Runnable callback) {
    EventLoop.current().callSoon(callback);
  }

  // ---- read

  @Test
  @Ported({
    "test_streams.StreamTests.test_feed_empty_data",
    "test_streams.StreamTests.test_feed_nonempty_data"
  })
  void feedData_isWhatIsRead() throws IOException {
    StreamReader reader = fed("");
    reader.feedData(bytes("hello"));
    assertThat(text(reader.read(100))).isEqualTo("hello");
  }

  @Test
  @Ported("test_streams.StreamTests.test_read_zero")
  void read_zero_takesNothing() throws IOException {
    StreamReader reader = fed("hello");
    assertThat(reader.read(0)).isEmpty();
    assertThat(text(reader.read(100))).isEqualTo("hello");
  }

  @Test
  @Ported("test_streams.StreamTests.test_read")
  void read_waitsForData() throws IOException {
    loop.run(
        () -> {
          StreamReader reader = new StreamReader();
          soon(() -> reader.feedData(bytes("hello")));
          assertThat(text(reader.read(30))).isEqualTo("hello");
          assertThat(reader.toString()).contains("0 bytes");
        });
  }

  @Test
  @Ported("test_streams.StreamTests.test_read_line_breaks")
  void read_stopsAtNoLineBreak() throws IOException {
    StreamReader reader = fed("line1", "line2");
    assertThat(text(reader.read(5))).isEqualTo("line1");
    assertThat(text(reader.read(5))).isEqualTo("line2");
  }

  @Test
  @Ported("test_streams.StreamTests.test_read_eof")
  void read_atTheEnd_isEmpty() throws IOException {
    loop.run(
        () -> {
          StreamReader reader = new StreamReader();
          soon(reader::feedEof);
          assertThat(reader.read(1024)).isEmpty();
        });
  }

  @Test
  @Ported("test_streams.StreamTests.test_read_until_eof")
  void readAll_goesToTheEnd() throws IOException {
    loop.run(
        () -> {
          StreamReader reader = new StreamReader();
          soon(
              () -> {
                reader.feedData(bytes("chunk1\n"));
                reader.feedData(bytes("chunk2"));
                reader.feedEof();
              });
          assertThat(text(reader.readAll())).isEqualTo("chunk1\nchunk2");
          assertThat(reader.readAll()).isEmpty();
        });
  }

  @Test
  @Ported("test_streams.StreamTests.test_read_exception")
  void read_afterSetException_throwsIt() throws IOException {
    StreamReader reader = fed("line\n");
    assertThat(text(reader.read(2))).isEqualTo("li");
    reader.setException(new IllegalArgumentException("x"));
    assertThatThrownBy(() -> reader.read(2)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  @Ported("test_streams.StreamTests.test_invalid_limit")
  void limit_notPositive_isRefused() {
    assertThatThrownBy(() -> new StreamReader(0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new StreamReader(-1)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  @Ported("test_streams.StreamTests.test_read_limit")
  void read_isNotBoundByTheLimit() throws IOException {
    StreamReader reader = new StreamReader(3);
    reader.feedData(bytes("chunk"));
    assertThat(text(reader.read(5))).isEqualTo("chunk");
  }

  // ---- readLine

  @Test
  @Ported("test_streams.StreamTests.test_readline")
  void readLine_waitsForTheLineEnd() throws IOException {
    loop.run(
        () -> {
          StreamReader reader = fed("chunk1 ");
          soon(
              () -> {
                reader.feedData(bytes("chunk2 "));
                reader.feedData(bytes("chunk3 "));
                reader.feedData(bytes("\n chunk4"));
              });
          assertThat(text(reader.readLine())).isEqualTo("chunk1 chunk2 chunk3 \n");
          assertThat(text(reader.read(100))).isEqualTo(" chunk4");
        });
  }

  @Test
  @Ported("test_streams.StreamTests.test_readline_limit_with_existing_data")
  void readLine_tooLong_isDropped() throws IOException {
    StreamReader reader = new StreamReader(3);
    reader.feedData(bytes("li"));
    reader.feedData(bytes("ne1\nline2\n"));
    assertThatThrownBy(reader::readLine).isInstanceOf(LimitOverrunException.class);
    assertThat(text(reader.read(100))).isEqualTo("line2\n");
    StreamReader other = new StreamReader(3);
    other.feedData(bytes("li"));
    other.feedData(bytes("ne1"));
    other.feedData(bytes("li"));
    assertThatThrownBy(other::readLine).isInstanceOf(LimitOverrunException.class);
    assertThat(other.toString()).contains("(0 bytes");
  }

  @Test
  @Ported("test_streams.StreamTests.test_at_eof")
  void atEof_onlyWhenNothingIsLeft() throws IOException {
    StreamReader reader = new StreamReader();
    assertThat(reader.atEof()).isFalse();
    reader.feedData(bytes("some data\n"));
    assertThat(reader.atEof()).isFalse();
    assertThat(reader.readLine()).isNotEmpty();
    assertThat(reader.atEof()).isFalse();
    reader.feedData(bytes("some data\n"));
    reader.feedEof();
    assertThat(reader.readLine()).isNotEmpty();
    assertThat(reader.atEof()).isTrue();
  }

  @Test
  @Ported("test_streams.StreamTests.test_readline_limit")
  void readLine_limit_countsWithoutTheLineEnd() throws IOException {
    loop.run(
        () -> {
          StreamReader reader = new StreamReader(7);
          soon(
              () -> {
                reader.feedData(bytes("chunk1"));
                reader.feedData(bytes("chunk2"));
                reader.feedData(bytes("chunk3\n"));
                reader.feedEof();
              });
          assertThatThrownBy(reader::readLine).isInstanceOf(LimitOverrunException.class);
          StreamReader second = new StreamReader(7);
          soon(
              () -> {
                second.feedData(bytes("chunk1"));
                second.feedData(bytes("chunk2\n"));
                second.feedData(bytes("chunk3\n"));
                second.feedEof();
              });
          assertThatThrownBy(second::readLine).isInstanceOf(LimitOverrunException.class);
          assertThat(text(second.readAll())).isEqualTo("chunk3\n");
          StreamReader exact = new StreamReader(7);
          exact.feedData(bytes("a".repeat(7) + "\n"));
          assertThat(text(exact.readLine())).isEqualTo("aaaaaaa\n");
        });
  }

  @Test
  @Ported("test_streams.StreamTests.test_readline_nolimit_nowait")
  void readLine_whatIsThere_needsNoWait() throws IOException {
    StreamReader reader = fed("line1\nline2\n", "line3");
    assertThat(text(reader.readLine())).isEqualTo("line1\n");
    assertThat(text(reader.read(100))).isEqualTo("line2\nline3");
  }

  @Test
  @Ported("test_streams.StreamTests.test_readline_eof")
  void readLine_theLastWithoutEnd_isGiven() throws IOException {
    StreamReader reader = fed("some data");
    reader.feedEof();
    assertThat(text(reader.readLine())).isEqualTo("some data");
  }

  @Test
  @Ported("test_streams.StreamTests.test_readline_empty_eof")
  void readLine_atTheEnd_isEmpty() throws IOException {
    StreamReader reader = new StreamReader();
    reader.feedEof();
    assertThat(reader.readLine()).isEmpty();
  }

  @Test
  @Ported("test_streams.StreamTests.test_readline_read_byte_count")
  void readLineThenRead_goOnWhereItEnded() throws IOException {
    StreamReader reader = fed("line1\nline2\nline3\n");
    reader.readLine();
    assertThat(text(reader.read(7))).isEqualTo("line2\nl");
    assertThat(text(reader.read(100))).isEqualTo("ine3\n");
  }

  @Test
  @Ported("test_streams.StreamTests.test_readline_exception")
  void readLine_afterSetException_throwsIt() throws IOException {
    StreamReader reader = fed("line\n");
    assertThat(text(reader.readLine())).isEqualTo("line\n");
    reader.setException(new IllegalArgumentException("x"));
    assertThatThrownBy(reader::readLine).isInstanceOf(IllegalArgumentException.class);
  }

  // ---- readUntil

  @Test
  @Ported("test_streams.StreamTests.test_readuntil_separator")
  void readUntil_emptyOrNoSeparator_isRefused() {
    StreamReader reader = new StreamReader();
    assertThatThrownBy(() -> reader.readUntil(bytes("")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> reader.readUntil(bytes("a"), bytes("")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(reader::readUntil).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  @Ported("test_streams.StreamTests.test_readuntil_multi_chunks")
  void readUntil_leavesTheRest() throws IOException {
    StreamReader reader = fed("lineAAA");
    assertThat(text(reader.readUntil(bytes("AAA")))).isEqualTo("lineAAA");
    reader.feedData(bytes("lineAAAxxx"));
    assertThat(text(reader.readUntil(bytes("AAA")))).isEqualTo("lineAAA");
    assertThat(text(reader.read(100))).isEqualTo("xxx");
  }

  @Test
  @Ported("test_streams.StreamTests.test_readuntil_multi_chunks_1")
  void readUntil_separatorInPieces_isFound() throws IOException {
    assertThat(text(fed("QWEaa", "XYaa", "a").readUntil(bytes("aaa")))).isEqualTo("QWEaaXYaaa");
    assertThat(text(fed("QWEaa", "XYa", "aa").readUntil(bytes("aaa")))).isEqualTo("QWEaaXYaaa");
    assertThat(text(fed("aaa").readUntil(bytes("aaa")))).isEqualTo("aaa");
    assertThat(text(fed("Xaaa").readUntil(bytes("aaa")))).isEqualTo("Xaaa");
    StreamReader reader = fed("XXX", "a", "a", "a");
    assertThat(text(reader.readUntil(bytes("aaa")))).isEqualTo("XXXaaa");
  }

  @Test
  @Ported("test_streams.StreamTests.test_readuntil_eof")
  void readUntil_theEndComesFirst_givesThePart() {
    StreamReader reader = fed("some dataAA");
    reader.feedEof();
    assertThatThrownBy(() -> reader.readUntil(bytes("AAA")))
        .isInstanceOfSatisfying(
            IncompleteReadException.class,
            e -> assertThat(text(e.partial())).isEqualTo("some dataAA"));
    assertThat(reader.atEof()).isTrue();
  }

  @Test
  @Ported("test_streams.StreamTests.test_readuntil_limit_found_sep")
  void readUntil_beyondTheLimit_keepsTheData() throws IOException {
    StreamReader reader = new StreamReader(3);
    reader.feedData(bytes("some dataAA"));
    assertThatThrownBy(() -> reader.readUntil(bytes("AAA")))
        .isInstanceOf(LimitOverrunException.class)
        .hasMessageContaining("no separator was found");
    reader.feedData(bytes("A"));
    assertThatThrownBy(() -> reader.readUntil(bytes("AAA")))
        .isInstanceOf(LimitOverrunException.class)
        .hasMessageContaining("was found");
    assertThat(text(reader.read(100))).isEqualTo("some dataAAA");
  }

  @Test
  @Ported("test_streams.StreamTests.test_readuntil_multi_separator")
  void readUntil_severalSeparators_theFirstToEndCounts() throws IOException {
    assertThat(text(fed("line 1\nline 2\r").readUntil(bytes("\r"), bytes("\n"))))
        .isEqualTo("line 1\n");
    StreamReader both = fed("line 1\rline 2\n");
    assertThat(text(both.readUntil(bytes("\r"), bytes("\n")))).isEqualTo("line 1\r");
    assertThat(text(both.readUntil(bytes("\r"), bytes("\n")))).isEqualTo("line 2\n");
    assertThat(text(fed("ABCDEFG").readUntil(bytes("DEF"), bytes("BCDE")))).isEqualTo("ABCDE");
  }

  @Test
  @Ported("test_streams.StreamTests.test_readuntil_multi_separator_limit")
  void readUntil_severalSeparators_theLimitCountsForTheFirst() {
    StreamReader reader = new StreamReader(3);
    reader.feedData(bytes("some dataA"));
    assertThatThrownBy(() -> reader.readUntil(bytes("A"), bytes("ome dataA")))
        .isInstanceOfSatisfying(
            LimitOverrunException.class, e -> assertThat(e.consumed()).isPositive());
  }

  @Test
  @Ported("test_streams.StreamTests.test_readuntil_multi_separator_negative_offset")
  void readUntil_aLongSeparatorNotYetThere_isSearchedFromTheStart() throws IOException {
    loop.run(
        () -> {
          StreamReader reader = fed("data");
          Task<byte[]> reading = createTask(() -> reader.readUntil(bytes("A"), bytes("long sep")));
          sleep(ZERO);
          reader.feedData(bytes("Z"));
          sleep(ZERO);
          reader.feedData(bytes("Aaaa"));
          assertThat(text(reading.await())).isEqualTo("dataZA");
          assertThat(text(reader.read(100))).isEqualTo("aaa");
        });
  }

  // ---- readExactly

  @Test
  @Ported("test_streams.StreamTests.test_readexactly_zero_or_less")
  void readExactly_zeroOrLess() throws IOException {
    StreamReader reader = fed("hello");
    assertThat(reader.readExactly(0)).isEmpty();
    assertThatThrownBy(() -> reader.readExactly(-1)).isInstanceOf(IllegalArgumentException.class);
    assertThat(text(reader.read(100))).isEqualTo("hello");
  }

  @Test
  @Ported("test_streams.StreamTests.test_readexactly")
  void readExactly_waitsForAll() throws IOException {
    loop.run(
        () -> {
          StreamReader reader = new StreamReader();
          soon(
              () -> {
                for (int i = 0; i < 3; i++) {
                  reader.feedData(bytes("hello"));
                }
              });
          assertThat(text(reader.readExactly(13))).isEqualTo("hellohellohel");
          assertThat(text(reader.read(100))).isEqualTo("lo");
        });
  }

  @Test
  @Ported("test_streams.StreamTests.test_readexactly_limit")
  void readExactly_isNotBoundByTheLimit() throws IOException {
    StreamReader reader = new StreamReader(3);
    reader.feedData(bytes("chunk"));
    assertThat(text(reader.readExactly(5))).isEqualTo("chunk");
  }

  @Test
  @Ported("test_streams.StreamTests.test_readexactly_eof")
  void readExactly_theEndComesFirst_givesThePart() throws IOException {
    loop.run(
        () -> {
          StreamReader reader = new StreamReader();
          soon(
              () -> {
                reader.feedData(bytes("hello"));
                reader.feedEof();
              });
          assertThatThrownBy(() -> reader.readExactly(6))
              .isInstanceOfSatisfying(
                  IncompleteReadException.class,
                  e -> assertThat(text(e.partial())).isEqualTo("hello"))
              .hasMessageContaining("5 bytes of 6");
          assertThat(reader.atEof()).isTrue();
        });
  }

  @Test
  @Ported("test_streams.StreamTests.test_readexactly_exception")
  void readExactly_afterSetException_throwsIt() throws IOException {
    StreamReader reader = fed("hello");
    assertThat(text(reader.readExactly(5))).isEqualTo("hello");
    reader.setException(new IllegalArgumentException("x"));
    assertThatThrownBy(() -> reader.readExactly(5)).isInstanceOf(IllegalArgumentException.class);
  }

  // ---- exceptions

  @Test
  @Ported("test_streams.StreamTests.test_exception")
  void exception_isWhatWasSet() {
    StreamReader reader = new StreamReader();
    assertThat(reader.exception()).isNull();
    IllegalArgumentException set = new IllegalArgumentException("x");
    reader.setException(set);
    assertThat(reader.exception()).isSameAs(set);
  }

  @Test
  @Ported("test_streams.StreamTests.test_exception_waiter")
  void setException_wakesTheReader() {
    loop.run(
        () -> {
          StreamReader reader = new StreamReader();
          Task<byte[]> reading = createTask(() -> reader.readLine());
          createTask(() -> reader.setException(new IllegalArgumentException("x")));
          assertThatThrownBy(reading::await).isInstanceOf(IllegalArgumentException.class);
        });
  }

  @Test
  @Ported("test_streams.StreamTests.test_exception_cancel")
  void setException_afterTheReaderWasCancelled_harmsNobody() {
    loop.run(
        () -> {
          StreamReader reader = new StreamReader();
          Task<byte[]> reading = createTask(() -> reader.readLine());
          sleep(ZERO);
          reading.cancel();
          assertThatThrownBy(reading::await).isInstanceOf(CancellationException.class);
          reader.setException(new IllegalStateException("message"));
        });
  }

  // ---- what a reader says of itself

  @Test
  @Ported({
    "test_streams.StreamTests.test___repr__",
    "test_streams.StreamTests.test___repr__nondefault_limit",
    "test_streams.StreamTests.test___repr__eof",
    "test_streams.StreamTests.test___repr__data",
    "test_streams.StreamTests.test___repr__exception"
  })
  void toString_hasWhatMatters() {
    assertThat(new StreamReader()).hasToString("StreamReader (0 bytes)");
    assertThat(new StreamReader(123)).hasToString("StreamReader (0 bytes, limit 123)");
    assertThat(fed("data")).hasToString("StreamReader (4 bytes)");
    StreamReader ended = new StreamReader();
    ended.feedEof();
    assertThat(ended).hasToString("StreamReader (0 bytes, at the end)");
    StreamReader broken = new StreamReader();
    broken.setException(new IllegalStateException("x"));
    assertThat(broken.toString()).contains("broken by java.lang.IllegalStateException: x");
  }

  @Test
  @Ported("test_streams.StreamTests.test___repr__waiter")
  void toString_aTaskWaits_saysSo() throws IOException {
    loop.run(
        () -> {
          StreamReader reader = new StreamReader();
          Task<byte[]> reading = createTask(() -> reader.readLine());
          sleep(ZERO);
          assertThat(reader.toString()).contains("a task waits");
          assertThatThrownBy(reader::readLine)
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("another task waits");
          reader.feedEof();
          assertThat(reading.await()).isEmpty();
          assertThat(reader.toString()).doesNotContain("a task waits");
        });
  }
}
