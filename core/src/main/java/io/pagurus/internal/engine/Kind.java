package io.pagurus.internal.engine;

/** What a name stands for. The constants' names are stored. */
enum Kind {
  MAP,
  VALUE,
  COUNTER,
  FIELD
}
