package io.asyncio4j.refire;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** How many connections the limit of open files leaves. */
class FileLimitTest {
  @Test
  void connections_limitAndOpenFiles_leaveTheRest() {
    assertThat(FileLimit.connections("1024", 30)).isEqualTo(978);
    assertThat(FileLimit.connections("64", 30)).isEqualTo(18);
  }

  @Test
  void connections_nothingLeft_isOne() {
    assertThat(FileLimit.connections("32", 30)).isEqualTo(1);
  }

  @Test
  void connections_noLimit_isUnlimited() {
    assertThat(FileLimit.connections("unlimited", 30)).isEqualTo(Integer.MAX_VALUE);
  }

  @Test
  void connections_ofThisProcess_isPositive() {
    assertThat(FileLimit.connections()).isPositive();
  }
}
