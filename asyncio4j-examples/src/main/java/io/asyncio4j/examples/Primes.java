package io.asyncio4j.examples;

import java.io.Serializable;
import java.util.concurrent.Callable;

/** Work for a processor: counts the prime numbers of a range, the slow way. */
// region primes
record Primes(int from, int to) implements Callable<Integer>, Serializable {
  @Override
  public Integer call() {
    int found = 0;
    for (int number = Math.max(2, from); number < to; number++) {
      found += isPrime(number) ? 1 : 0;
    }
    return found;
  }

  private static boolean isPrime(int number) {
    int divisor = 2;
    while (divisor * divisor <= number && number % divisor != 0) {
      divisor++;
    }
    return divisor * divisor > number;
  }
}
// endregion
