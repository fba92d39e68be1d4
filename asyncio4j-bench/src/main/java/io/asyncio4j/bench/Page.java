package io.asyncio4j.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A page of Markdown with places between markers, which a program fills. */
final class Page {
  /** The page of the benchmarks, in the checkout. */
  static final String BENCHMARKS = "docs/benchmarks.md";

  private static final String END = "<!-- end -->\n";

  private final Path file;
  private String text;

  Page(Path file) throws IOException {
    this.file = file;
    text = Files.readString(file, UTF_8);
  }

  /** Puts content between the marker of that name and the end that follows it. */
  void put(String name, String content) throws IOException {
    String begin = "<!-- ./bench " + name + " -->\n";
    int at = text.indexOf(begin);
    int end = text.indexOf(END, at);
    int next = at < 0 ? -1 : text.indexOf("<!-- ./bench ", at + begin.length());
    if (at < 0 || end < 0 || (next >= 0 && next < end)) {
      throw new IOException(
          file + " lacks the line " + begin.strip() + " or, after it, " + END.strip());
    }
    text = text.substring(0, at) + begin + "\n" + content.strip() + "\n\n" + text.substring(end);
  }

  void write() throws IOException {
    Files.writeString(file, text);
  }
}
