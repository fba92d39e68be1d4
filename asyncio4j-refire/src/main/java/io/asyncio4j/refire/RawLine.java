package io.asyncio4j.refire;

/**
 * A line of a log as it was read.
 *
 * @param number its number in the log, from 1
 * @param text its bytes, one in each character (ISO 8859-1), without the line break
 * @param ending the line break: a newline, a carriage return and a newline, or nothing at the end
 *     of a log
 * @param length how many bytes the line had, without its line break; more than the text has if it
 *     was too long to keep
 * @param cut whether the log broke off within the line
 */
record RawLine(long number, String text, String ending, long length, boolean cut) {
  boolean truncated() {
    return length > text.length();
  }
}
