package io.asyncio4j.conformance;

import java.io.IOException;
import java.lang.reflect.Method;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Disabled;
import org.junit.platform.commons.annotation.Testable;
import org.junit.platform.commons.support.AnnotationSupport;

/** The tests of this module that carry {@link Ported}, found in its compiled test classes. */
final class PortedTests {
  private final Map<String, List<String>> portsByTest = new TreeMap<>();
  private final List<String> notRun = new ArrayList<>();

  private PortedTests() {}

  static PortedTests find() throws IOException, URISyntaxException, ClassNotFoundException {
    PortedTests found = new PortedTests();
    ClassLoader loader = PortedTests.class.getClassLoader();
    Path root =
        Path.of(PortedTests.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".class")).sorted().toList()) {
        String name = root.relativize(file).toString().replace(".class", "").replace('/', '.');
        for (Method method : Class.forName(name, false, loader).getDeclaredMethods()) {
          found.add(method);
        }
      }
    }
    return found;
  }

  private void add(Method method) {
    Ported ported = method.getAnnotation(Ported.class);
    if (ported == null) {
      return;
    }
    String port = method.getDeclaringClass().getSimpleName() + "." + method.getName();
    if (!AnnotationSupport.isAnnotated(method, Testable.class)
        || AnnotationSupport.isAnnotated(method, Disabled.class)
        || AnnotationSupport.isAnnotated(method.getDeclaringClass(), Disabled.class)) {
      notRun.add(port);
    }
    for (String test : ported.value()) {
      portsByTest.computeIfAbsent(test, _ -> new ArrayList<>()).add(port);
    }
  }

  /** Returns which test methods stand for which test of CPython. */
  Map<String, List<String>> portsByTest() {
    return portsByTest;
  }

  /** Returns the methods that carry the annotation and are not run. */
  List<String> notRun() {
    return notRun;
  }
}
