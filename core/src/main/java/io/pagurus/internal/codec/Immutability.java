package io.pagurus.internal.codec;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Month;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.HashSet;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;

/** Knows of which types all instances never change. Immutable and thread-safe. */
final class Immutability {
  private static final Set<Class<?>> KNOWN =
      Set.of(
          String.class,
          Byte.class,
          Short.class,
          Integer.class,
          Long.class,
          Float.class,
          Double.class,
          Character.class,
          Boolean.class,
          BigInteger.class,
          BigDecimal.class,
          UUID.class,
          OptionalInt.class,
          OptionalLong.class,
          OptionalDouble.class,
          Instant.class,
          Duration.class,
          Period.class,
          LocalDate.class,
          LocalTime.class,
          LocalDateTime.class,
          OffsetTime.class,
          OffsetDateTime.class,
          ZonedDateTime.class,
          Year.class,
          YearMonth.class,
          MonthDay.class,
          ZoneId.class,
          ZoneOffset.class,
          DayOfWeek.class,
          Month.class);

  private final Set<Class<?>> declared;

  /**
   * @param declared what the user vouches for
   */
  Immutability(Set<Class<?>> declared) {
    this.declared = Set.copyOf(declared);
  }

  /** Whether every value declared as {@code type} is immutable through and through. */
  boolean of(Type type) {
    return of(type, new HashSet<>());
  }

  private boolean of(Type type, Set<Type> assumed) {
    Type boxed = Types.box(type);
    if (Types.unresolved(boxed) != null) {
      return false;
    }
    Class<?> raw = Types.raw(boxed);
    if (KNOWN.contains(raw) || declared.contains(raw) || raw.isEnum()) {
      return true;
    }
    if (!assumed.add(boxed)) {
      return true; // a record inside itself: the other components decide
    }
    if (raw == Optional.class) {
      return boxed instanceof ParameterizedType p && of(p.getActualTypeArguments()[0], assumed);
    }
    return raw.isRecord() && components(raw, boxed, assumed);
  }

  private boolean components(Class<?> raw, Type type, Set<Type> assumed) {
    for (RecordComponent component : raw.getRecordComponents()) {
      if (!of(Types.resolve(component.getGenericType(), type), assumed)) {
        return false;
      }
    }
    return true;
  }
}
