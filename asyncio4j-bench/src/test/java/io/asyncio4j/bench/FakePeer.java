package io.asyncio4j.bench;

/** A peer that behaves as its first argument says. */
final class FakePeer {
  private FakePeer() {}

  /** Returns a program that behaves so. */
  static Program program(String peer, String behaviour) {
    return Program.java(peer, "fake", FakePeer.class.getName(), behaviour);
  }

  public static void main(String[] args) throws InterruptedException {
    if (args[1].equals("--rows")) {
      System.out.println("work\nother");
      return;
    }
    System.out.println("{\"peer\":\"fake\",\"version\":\"7\"}");
    switch (args[0]) {
      case "works" -> printRounds(Integer.parseInt(args[2]));
      case "dies" -> {
        System.err.println("no memory left");
        System.exit(9);
      }
      case "prints-garbage" -> System.out.println("Segmentation fault");
      case "hangs" -> Thread.sleep(1_000_000);
      case "prints-nothing" -> {}
      case "lacks-the-row" -> System.exit(3);
      default -> throw new IllegalArgumentException(args[0]);
    }
  }

  private static void printRounds(int size) {
    for (int nanosEach : new int[] {30, 10, 20}) {
      System.out.printf(
          "{\"row\":\"work\",\"ops\":%d,\"ns\":%d,\"cpu_ns\":%d}%n", size, nanosEach * size, size);
    }
  }
}
