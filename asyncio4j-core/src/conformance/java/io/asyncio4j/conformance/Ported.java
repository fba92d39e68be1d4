package io.asyncio4j.conformance;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Names the tests of CPython whose meaning a test carries over. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Ported {
  /** The tests, each as {@code module.Class.method}. */
  String[] value();
}
