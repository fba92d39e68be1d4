package io.asyncio4j.refire;

import java.util.ArrayList;
import java.util.List;

/**
 * A line of an access log that could be read, and that can write itself again with another answer.
 *
 * <p>Texts hold one byte of the log in each character (ISO 8859-1).
 */
sealed interface LogLine permits ClfLine, JsonLine, LogLine.Wrapped {
  /** The status of a line that has {@code -} there: no answer was given. */
  int NO_STATUS = -1;

  /** Returns the line's text, without its line break. */
  String text();

  /** Returns the line's format; of a wrapped line that of what is inside. */
  LogFormat format();

  /** Returns the status that was answered, or {@link #NO_STATUS}. */
  int status();

  /** Returns the request. */
  LoggedRequest request();

  /** Returns the changes to the text that tell the answer and mark the URL. */
  List<Edit> edits(Answer answer);

  /** Returns the line with status, size and time of the answer and the URL marked. */
  default String rewritten(Answer answer) {
    return Edit.apply(text(), edits(answer));
  }

  /**
   * A moment that stands in a line.
   *
   * @param start where it begins
   * @param end where it ends
   * @param style how it is written
   */
  record TimeField(int start, int end, TimeStyle style) {
    Edit edit(Answer answer) {
      return new Edit(start, end, style.format(answer.at()));
    }
  }

  /**
   * A line inside another: in Docker's {@code {"log":"…"}}, or in quotes.
   *
   * @param text the whole line
   * @param body where the line stands in it
   * @param inner the line
   * @param times moments outside of the inner line
   */
  record Wrapped(String text, Embedded body, LogLine inner, List<TimeField> times)
      implements LogLine {
    @Override
    public LogFormat format() {
      return inner.format();
    }

    @Override
    public int status() {
      return inner.status();
    }

    @Override
    public LoggedRequest request() {
      return inner.request();
    }

    @Override
    public List<Edit> edits(Answer answer) {
      List<Edit> edits = new ArrayList<>();
      inner.edits(answer).forEach(edit -> edits.add(body.outward(edit)));
      times.forEach(time -> edits.add(time.edit(answer)));
      return edits;
    }
  }
}
