package io.asyncio4j.cli;

import java.io.PrintStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/**
 * The standard error stream, where progress is drawn, and what is known of it: whether a person
 * sees it, how wide it is, and whether it can show colours.
 *
 * <p>The JDK tells of standard input and output only ({@link java.io.Console}), so the C library is
 * asked.
 */
final class Terminal {
  private static final int STANDARD_ERROR = 2;
  private static final int DEFAULT_WIDTH = 80;

  private final PrintStream out;
  private final boolean redraws;
  private final boolean colours;
  private final boolean unicode;
  private final Optional<WindowSize> windowSize;

  private Terminal(
      PrintStream out,
      boolean redraws,
      boolean colours,
      boolean unicode,
      Optional<WindowSize> windowSize) {
    this.out = out;
    this.redraws = redraws;
    this.colours = colours;
    this.unicode = unicode;
    this.windowSize = windowSize;
  }

  /** Returns standard error as the environment lets it be used. */
  static Terminal standardError() {
    boolean terminal = isTerminal(STANDARD_ERROR);
    boolean dumb = "dumb".equals(System.getenv("TERM"));
    return new Terminal(
        System.err,
        terminal && !dumb,
        terminal && wantsColour(),
        System.err.charset().equals(StandardCharsets.UTF_8),
        terminal ? WindowSize.find() : Optional.empty());
  }

  /** Returns a terminal of a fixed kind that writes to the given stream. */
  static Terminal of(PrintStream out, boolean redraws) {
    return new Terminal(out, redraws, false, true, Optional.empty());
  }

  /** Tells whether the environment allows colours where there is a terminal. */
  static boolean wantsColour() {
    String noColour = System.getenv("NO_COLOR");
    return (noColour == null || noColour.isEmpty()) && !"dumb".equals(System.getenv("TERM"));
  }

  /** Tells whether a line can be drawn again in its place; if not, lines are only added. */
  boolean redraws() {
    return redraws;
  }

  /** Tells whether characters outside ASCII arrive as they are. */
  boolean unicode() {
    return unicode;
  }

  PrintStream out() {
    return out;
  }

  /** Returns the columns there are now: of the window, else what COLUMNS says, else 80. */
  int width() {
    int columns = windowSize.map(WindowSize::columns).orElse(0);
    return columns > 0 ? columns : columnsVariable();
  }

  /** Returns the text in a colour (an SGR code such as 32), or as it is where there are none. */
  String coloured(int sgr, String text) {
    return colours ? "\u001b[" + sgr + "m" + text + "\u001b[0m" : text;
  }

  private static int columnsVariable() {
    String columns = System.getenv("COLUMNS");
    if (columns != null && columns.matches("[1-9]\\d{0,4}")) {
      return Integer.parseInt(columns);
    }
    return DEFAULT_WIDTH;
  }

  private static boolean isTerminal(int descriptor) {
    try {
      return (int)
              function("isatty", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT))
                  .invokeExact(descriptor)
          == 1;
    } catch (Throwable e) {
      return notKnown(e, false);
    }
  }

  @SuppressWarnings("restricted") // the jar's manifest and the tests enable native access
  private static MethodHandle function(
      String name, FunctionDescriptor descriptor, Linker.Option... options) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), descriptor, options);
  }

  /** A C library without the function, or a JVM without native access, leaves the plain form. */
  private static <T> T notKnown(Throwable why, T answer) {
    if (why instanceof VirtualMachineError fatal) {
      throw fatal;
    }
    return answer;
  }

  /** The size of the window, which may change while the program runs. */
  private static final class WindowSize {
    /** {@code TIOCGWINSZ} of Linux; other systems have other numbers. */
    private static final long GET_WINDOW_SIZE = 0x5413;

    private final MethodHandle ioctl;

    /** Rows, columns, and twice pixels: four unsigned shorts. */
    private final MemorySegment size = Arena.ofAuto().allocate(8, 2);

    private WindowSize(MethodHandle ioctl) {
      this.ioctl = ioctl;
    }

    static Optional<WindowSize> find() {
      if (!System.getProperty("os.name").toLowerCase(Locale.ROOT).equals("linux")) {
        return Optional.empty();
      }
      try {
        return Optional.of(
            new WindowSize(
                function(
                    "ioctl",
                    FunctionDescriptor.of(
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_LONG,
                        ValueLayout.ADDRESS),
                    Linker.Option.firstVariadicArg(2))));
      } catch (RuntimeException | LinkageError e) {
        return notKnown(e, Optional.empty());
      }
    }

    /** Returns the columns, 0 if they are not known. */
    int columns() {
      try {
        int failed = (int) ioctl.invokeExact(STANDARD_ERROR, GET_WINDOW_SIZE, size);
        return failed == 0 ? Short.toUnsignedInt(size.get(ValueLayout.JAVA_SHORT, 2)) : 0;
      } catch (Throwable e) {
        return notKnown(e, 0);
      }
    }
  }
}
