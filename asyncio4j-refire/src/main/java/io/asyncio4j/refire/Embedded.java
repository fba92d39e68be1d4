package io.asyncio4j.refire;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A text that stands inside another one, perhaps escaped there, and that knows its way back: a
 * change to it becomes a change to the outer text which leaves every other byte as it was.
 *
 * <p>Texts hold one byte in each character (ISO 8859-1), as everywhere in this package; an escape
 * for a character beyond that becomes its bytes in UTF-8.
 */
final class Embedded {
  private enum Escaping {
    NONE,
    BACKSLASH,
    DOUBLED_QUOTES
  }

  private final String text;
  private final int start;

  /** Where each character begins outside, and the end of the last; null if nothing is escaped. */
  private final int @Nullable [] offsets;

  private final Escaping escaping;

  private Embedded(String text, int start, int @Nullable [] offsets, Escaping escaping) {
    this.text = text;
    this.start = start;
    this.offsets = offsets;
    this.escaping = escaping;
  }

  /** Takes a part of a text as it stands. */
  static Embedded plain(String outer, int start, int end) {
    return new Embedded(outer.substring(start, end), start, null, Escaping.NONE);
  }

  /**
   * Takes the inside of a JSON string. Escapes that JSON does not know are taken for what servers
   * mean by them ({@code \x22}); a broken one stands for itself.
   */
  static Embedded jsonString(String outer, int start, int end) {
    int backslash = outer.indexOf('\\', start);
    if (backslash < 0 || backslash >= end) {
      return new Embedded(outer.substring(start, end), start, null, Escaping.BACKSLASH);
    }
    Decoder decoder = new Decoder(end - start);
    int i = start;
    while (i < end) {
      i += Escapes.decodeAt(outer, i, end, decoder);
      decoder.next(start, i);
    }
    return decoder.result(start, end, Escaping.BACKSLASH);
  }

  /** Takes the inside of a CSV field, where a quote is written twice. */
  static Embedded csvField(String outer, int start, int end) {
    Decoder decoder = new Decoder(end - start);
    int i = start;
    while (i < end) {
      char c = outer.charAt(i);
      decoder.append(c);
      i += c == '"' && i + 1 < end && outer.charAt(i + 1) == '"' ? 2 : 1;
      decoder.next(start, i);
    }
    return decoder.result(start, end, Escaping.DOUBLED_QUOTES);
  }

  /** Returns this text without the line breaks at its end. */
  Embedded withoutLineBreak() {
    int end = text.length();
    while (end > 0 && (text.charAt(end - 1) == '\n' || text.charAt(end - 1) == '\r')) {
      end--;
    }
    return new Embedded(text.substring(0, end), start, offsets, escaping);
  }

  /** Returns the text as its own format sees it. */
  String text() {
    return text;
  }

  /** Returns the change to the outer text that makes the given change to this one. */
  Edit outward(Edit edit) {
    return new Edit(outside(edit.start()), outside(edit.end()), escape(edit.replacement()));
  }

  private int outside(int index) {
    return offsets == null ? start + index : offsets[index];
  }

  private String escape(String replacement) {
    return switch (escaping) {
      case NONE -> replacement;
      case BACKSLASH -> replacement.replace("\\", "\\\\").replace("\"", "\\\"");
      case DOUBLED_QUOTES -> replacement.replace("\"", "\"\"");
    };
  }

  /** Collects characters and where each began. */
  static final class Decoder {
    private final StringBuilder text;
    private final int[] offsets;
    private int begun = -1;

    private Decoder(int length) {
      text = new StringBuilder(length);
      offsets = new int[length + 1];
    }

    /** Adds a character of ISO 8859-1. */
    void append(char c) {
      text.append(c);
    }

    /** Adds a code point, as its bytes in UTF-8 if it is not ASCII. */
    void appendCodePoint(int codePoint) {
      if (codePoint < 0x80) {
        text.append((char) codePoint);
      } else {
        byte[] utf8 = Character.toString(codePoint).getBytes(StandardCharsets.UTF_8);
        text.append(new String(utf8, StandardCharsets.ISO_8859_1));
      }
    }

    private void next(int start, int end) {
      int from = begun < 0 ? start : offsets[begun];
      int first = Math.max(begun, 0);
      // All characters that one escape gave begin where it begins; the next one begins at its end.
      for (int i = first; i < text.length(); i++) {
        offsets[i] = from;
      }
      offsets[text.length()] = end;
      begun = text.length();
    }

    private Embedded result(int start, int end, Escaping escaping) {
      offsets[text.length()] = end;
      if (text.isEmpty()) {
        offsets[0] = start;
      }
      return new Embedded(text.toString(), start, offsets, escaping);
    }
  }
}
