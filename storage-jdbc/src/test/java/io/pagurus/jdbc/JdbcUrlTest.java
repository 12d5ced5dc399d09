package io.pagurus.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** URLs. */
class JdbcUrlTest {

  @Test
  void parse_embeddedFile_isAbsoluteAsyncAndClosedByUs() {
    JdbcUrl url = JdbcUrl.parse("jdbc:h2:./data/checkout");
    assertThat(url.kind()).isEqualTo(JdbcUrl.Kind.FILE);
    assertThat(url.h2Url())
        .startsWith("jdbc:h2:async:/")
        .contains("/data/checkout;")
        .contains(";DB_CLOSE_ON_EXIT=FALSE");
    assertThat(url.durability()).isEqualTo(Durability.POWER);
    assertThat(url.lockedByFile()).isTrue();
  }

  @Test
  void parse_ownOption_beforeOrBehindTheSettingsOfH2() {
    for (String text :
        new String[] {
          "jdbc:h2:mem:a?durability=process;USER=u;PASSWORD=p",
          "jdbc:h2:mem:a;USER=u;PASSWORD=p?durability=process"
        }) {
      JdbcUrl url = JdbcUrl.parse(text);
      assertThat(url.durability()).isEqualTo(Durability.PROCESS);
      assertThat(url.credentials()).containsEntry("user", "u").containsEntry("password", "p");
      assertThat(url.h2Url()).startsWith("jdbc:h2:mem:a;");
    }
  }

  @Test
  void parse_questionMarkInAPassword_isPartOfIt() {
    assertThat(JdbcUrl.parse("jdbc:h2:mem:a;PASSWORD=a?b").credentials())
        .containsEntry("password", "a?b");
  }

  @Test
  void textForms_neverShowCredentials() {
    JdbcUrl url = JdbcUrl.parse("jdbc:h2:tcp://db:9092/x;USER=joe;PASSWORD=secret;MODE=Oracle");
    assertThat(url + url.source() + url.h2Url()).doesNotContain("joe").doesNotContain("secret");
    assertThat(url.source()).isEqualTo("jdbc:h2:tcp://db:9092/x");
    assertThat(url.h2Url()).endsWith(";MODE=Oracle");
  }

  @Test
  void parse_whatItCannotRead_saysWhatIsExpected() {
    assertThatThrownBy(() -> JdbcUrl.parse("jdbc:postgresql://joe:secret@db/x"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Only H2")
        .hasMessageContaining("jdbc:postgresql:")
        .hasMessageNotContaining("secret");
    assertThatThrownBy(() -> JdbcUrl.parse("jdbc:h2:mem:a?speed=high"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("speed=high")
        .hasMessageContaining("durability=process");
    assertThatThrownBy(() -> JdbcUrl.parse("jdbc:h2:mem:a?password=secret"))
        .hasMessageNotContaining("secret");
    assertThatThrownBy(() -> JdbcUrl.parse("jdbc:h2:"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("names no database");
  }

  @Test
  void lockedByFile_sharedModes_areNot() {
    assertThat(JdbcUrl.parse("jdbc:h2:./a;AUTO_SERVER=TRUE").lockedByFile()).isFalse();
    assertThat(JdbcUrl.parse("jdbc:h2:./a;FILE_LOCK=NO").lockedByFile()).isFalse();
    assertThat(JdbcUrl.parse("jdbc:h2:mem:a").lockedByFile()).isFalse();
    assertThat(JdbcUrl.parse("jdbc:h2:tcp://h/a").lockedByFile()).isFalse();
  }

  @Test
  void lockMillis_isShorterThanTheNetworkTimeout() {
    String url = "jdbc:h2:tcp://127.0.0.1/x";
    assertThat(Connections.lockMillis(url)).isEqualTo(Connections.LOCK_MILLIS);
    assertThat(Connections.lockMillis(url + ";NETWORK_TIMEOUT=60000"))
        .isEqualTo(Connections.LOCK_MILLIS);
    assertThat(Connections.lockMillis(url + ";network_timeout=1000;A=B")).isEqualTo(500);
    assertThat(Connections.lockMillis(url + ";NETWORK_TIMEOUT=0"))
        .isEqualTo(Connections.LOCK_MILLIS);
  }
}
